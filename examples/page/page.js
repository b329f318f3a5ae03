// What one sees: the loss, and a sheet of paper. All computing is in worker.js.
const worker = new Worker(new URL('worker.js', import.meta.url), { type: 'module' })
const at = (id) => document.getElementById(id)
const begin = performance.now()
const seconds = () => `${((performance.now() - begin) / 1000).toFixed(1)} s`

// ---- learning ----

const losses = []
let steps = 1
let drawn = false

/** The loss by step; its scale is logarithmic, from 0.01 to 10. */
const drawLoss = () => {
  drawn = false
  const canvas = at('loss')
  const style = getComputedStyle(canvas)
  const [width, height, scale] = [canvas.clientWidth, canvas.clientHeight, devicePixelRatio]
  Object.assign(canvas, { width: width * scale, height: height * scale })
  const pen = canvas.getContext('2d')
  pen.scale(scale, scale)
  pen.font = `12px ${style.fontFamily}`
  const [left, right, top, bottom] = [40, 8, 8, 24]
  const x = (step) => left + ((width - left - right) * step) / steps
  const y = (loss) => top + ((height - top - bottom) * (1 - Math.log10(loss))) / 3
  pen.strokeStyle = style.borderTopColor
  pen.fillStyle = style.color
  for (const loss of [0.01, 0.1, 1, 10]) {
    pen.strokeRect(left, y(loss), width - left - right, 0)
    pen.fillText(loss, 8, y(loss) + (loss === 10 ? 10 : 4))
  }
  pen.fillText('loss by step', left, height - 6)
  pen.strokeStyle = style.outlineColor
  pen.beginPath()
  for (const [step, loss] of losses.entries()) pen.lineTo(x(step), y(Math.min(10, Math.max(0.01, loss))))
  pen.stroke()
}

/** Once a frame is enough. */
const redraw = () => {
  if (!drawn) requestAnimationFrame(drawLoss)
  drawn = true
}
new ResizeObserver(redraw).observe(at('loss'))

const seen = {
  loss: (message) => {
    losses.push(message.loss)
    steps = message.steps
    redraw()
  },
  accuracy: ({ epoch, accuracy }) => {
    at('state').value = `Epoch ${epoch}: ${(100 * accuracy).toFixed(1)} % of 1,000 new digits read, after ${seconds()}`
    if (hasInk()) read()
  },
  status: ({ status, backend }) => {
    at('state').value += `; ${status === 'finished' ? 'done' : 'stopped'}, by ${backend}`
    at('pause').disabled = at('stop').disabled = true
  },
  probabilities: ({ probabilities }) => {
    for (const [digit, bar] of [...at('bars').children].entries()) {
      bar.firstChild.style.setProperty('--share', probabilities[digit])
    }
    const best = Math.max(...probabilities)
    at('answer').value = `This is a ${probabilities.indexOf(best)}, by ${(100 * best).toFixed(0)} %.`
  },
}
worker.onmessage = ({ data }) => {
  for (const name of Object.keys(seen)) if (name in data) seen[name](data)
}
worker.onerror = ({ message }) => {
  at('state').value = `It cannot train here: ${message}`
}

at('pause').onclick = () => {
  const isPaused = at('pause').textContent === 'Resume'
  worker.postMessage(isPaused ? 'resume' : 'pause')
  at('pause').textContent = isPaused ? 'Pause' : 'Resume'
}
at('stop').onclick = () => worker.postMessage('stop')

// ---- reading ----

for (let digit = 0; digit < 10; digit++) {
  at('bars').append(document.createElement('li'))
  at('bars').lastChild.append(document.createElement('div'))
}

const paper = at('paper')
const pen = paper.getContext('2d', { willReadFrequently: true })
Object.assign(pen, { lineWidth: 22, lineCap: 'round', lineJoin: 'round', strokeStyle: '#000' })

/** The box around what is drawn; undefined on empty paper. */
const box = () => {
  const { data } = pen.getImageData(0, 0, paper.width, paper.height)
  let [left, top, right, bottom] = [paper.width, paper.height, -1, -1]
  for (let i = 3; i < data.length; i += 4) {
    if (data[i] === 0) continue
    const [x, y] = [((i - 3) / 4) % paper.width, Math.floor((i - 3) / 4 / paper.width)]
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 }
}
const hasInk = () => box() !== undefined

/** The digits of the data set are 28×28, ink 255, in the middle and 20 high or wide: so is what is drawn made. */
const pixels = ({ left, top, width, height }) => {
  const small = new OffscreenCanvas(28, 28).getContext('2d')
  const scale = 20 / Math.max(width, height)
  const [w, h] = [width * scale, height * scale]
  small.imageSmoothingQuality = 'high'
  small.drawImage(paper, left, top, width, height, 14 - w / 2, 14 - h / 2, w, h)
  return small.getImageData(0, 0, 28, 28).data.filter((_, i) => i % 4 === 3)
}

const read = () => worker.postMessage(new Uint8Array(pixels(box())))

paper.onpointerdown = (event) => {
  paper.setPointerCapture(event.pointerId)
  pen.beginPath()
  paper.onpointermove(event)
}
paper.onpointermove = ({ buttons, offsetX, offsetY }) => {
  if (buttons === 0) return
  const scale = paper.width / paper.clientWidth
  pen.lineTo(offsetX * scale, offsetY * scale)
  pen.stroke()
}
paper.onpointerup = () => hasInk() && read()

at('clear').onclick = () => {
  pen.clearRect(0, 0, paper.width, paper.height)
  at('answer').value = 'Draw a digit.'
  for (const bar of at('bars').children) bar.firstChild.style.setProperty('--share', 0)
}
