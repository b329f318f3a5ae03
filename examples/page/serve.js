// node serve.js, and open what it says. Browsers load modules and workers from a server only.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' }

const server = createServer(async ({ url }, response) => {
  const { pathname } = new URL(url, 'http://localhost')
  try {
    // The address is tidy: no part of it leads out of the folder.
    const bytes = await readFile(join(root, pathname))
    response.writeHead(200, { 'Content-Type': types[extname(pathname)] ?? 'application/octet-stream' }).end(bytes)
  } catch {
    response.writeHead(pathname === '/favicon.ico' ? 204 : 404).end()
  }
})
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  console.log(`open http://localhost:${server.address().port}/examples/page/index.html`)
})
