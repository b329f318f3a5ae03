import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, expectTypeOf, it, test } from 'vitest'
import { type CsvOptions, decodeCsv, loadCsv, type TargetTable } from '../../src/data/index.ts'
import { loadNet, predict, saveNet } from '../../src/formats/index.ts'
import { isOnHeap } from '../../src/kernels/index.ts'
import { fullyConnectedNet, regression } from '../../src/models/index.ts'
import { encodeRecords, type Input, type NumbersInput, standardize, type Tensor } from '../../src/tensor/index.ts'
import { fixture, path, told } from './fixtures.ts'
import { message, newFolder, right } from './support.ts'

const python = told<{
  readonly area: number[]
  readonly age: number[]
  readonly price: number[]
  readonly species: number[]
  readonly onehot: Record<string, number[]>
}>('tables.json')

const column = ({ shape: [, width = 0], data }: Tensor, j: number): number[] =>
  Array.from({ length: data.length / width }, (_, i) => data[i * width + j] as number)

const categories = ['post']

describe('loadCsv', () => {
  it.each<readonly [string, object]>([
    ['houses.csv', {}],
    ['houses.csv.gz', {}],
    ['houses-excel.csv', { decimal: ',' }],
    ['houses-1252.csv', { decimal: ',', encoding: 'windows-1252' }],
    ['houses-utf16.csv', {}],
  ])('%s has what pandas reads', async (file, options) => {
    const table = right(await loadCsv(path(file), { target: 'price', categories, ...options })())
    expect(table.features).toEqual([
      ...['area', 'age', 'city=Basel, "old"', 'city=Bern', 'city=Genève', 'city=Zürich'],
      ...['post=0101', 'post=3000', 'post=8001', 'garden=False', 'garden=True'],
    ])
    expect(table.x.shape).toEqual([120, 11])
    expect(column(table.x, 0)).toEqual(python.area)
    expect(column(table.x, 1)).toEqual(python.age)
    for (const [j, feature] of table.features.entries()) {
      if (j > 1) expect(column(table.x, j), feature).toEqual(python.onehot[feature.replace('=', '_')])
    }
    expect([...(table.y as Float64Array)]).toEqual(python.price)
    expect([table.classNames, table.skipped, isOnHeap(table.x.data)]).toEqual([['price'], [], true])
  })

  it('a table without a header, and columns by place', async () => {
    const table = right(await loadCsv(path('houses-none.csv'), { target: -1, categories: ['column4'] })())
    expect([...(table.y as Float64Array)]).toEqual(python.price)
    expect(table.features.slice(0, 3)).toEqual(['column1', 'column2', 'column3=Basel, "old"'])
  })

  it('words to be predicted are classes', async () => {
    const { x, y, classNames } = right(await loadCsv(path('iris.csv'), { target: 'species' })())
    expect([x.shape, classNames]).toEqual([
      [150, 4],
      ['setosa', 'versicolor', 'virginica'],
    ])
    expect(y).toBeInstanceOf(Int32Array)
    expect([...(y as Int32Array)]).toEqual(python.species)
    expectTypeOf(y).toEqualTypeOf<Int32Array | Float64Array | Tensor>()
  })

  it('a spreadsheet, another encoding, no file, 2 GB', async () => {
    const folder = newFolder()
    const load = async (name: string, content: string | Uint8Array, options = {}): Promise<string> => {
      writeFileSync(join(folder, name), content)
      return message(await loadCsv(join(folder, name), options)())
    }
    expect(await load('a.xlsx', Buffer.from('PK\x03\x04\x14\0\x06\0\x08\0[Content_Types].xml', 'latin1'))).toContain(
      'a table as text (CSV) is expected, but this is a spreadsheet or another document of an office; save the table as CSV',
    )
    expect(await load('b.csv', fixture('houses-1252.csv'))).toContain(
      "its characters are not utf-8; save it as CSV UTF-8, or give { encoding: 'windows-1252' } if an older Excel wrote it",
    )
    expect(await load('c.csv', 'a,b', { encoding: 'utf-9' })).toContain("encoding 'utf-9' is not known")
    expect(await load('d.csv', '')).toContain('this is empty; get it again')
    expect(await load('e.csv', gzipSync(fixture('mnist.npz')))).toContain('but this is an .npz archive of NumPy')
    expect(message(await loadCsv(join(folder, 'none.csv'))())).toContain('there is no such file')
    expect(message(await loadCsv(3 as never)())).toBe('loadCsv: path is the name of a file, but got 3')
  })
})

describe('decodeCsv', () => {
  const decode = (content: string, options: CsvOptions = {}) => right(decodeCsv('t', content, options))
  const refused = (content: string, options: object = {}): string =>
    message(decodeCsv('t', content, options as CsvOptions))

  test.each([
    ['commas', 'a,b\n1,x\n2,y\n'],
    ['semicolons, CRLF, no end of line', 'a;b\r\n1;x\r\n2;y'],
    ['tabs, old Mac line breaks', 'a\tb\r1\tx\r2\ty\r'],
    ['bars, blank lines, blanks around, a byte order mark', '\ufeff a |b\n\n1|x\n  \n 2 | y\n\n'],
    ['quotes everywhere', '"a","b"\n"1","x"\n"2","y"\n'],
  ])('%s', (_, content) => {
    const { x, features } = decode(content)
    expect(features).toEqual(['a', 'b=x', 'b=y'])
    expect([...x.data]).toEqual([1, 1, 0, 2, 0, 1])
  })

  test('quotes hold separators, quotes and line breaks', () => {
    const { features } = decode('a,b\n"x, y",1\n"say ""hi""",2\n"two\nlines",3\n')
    expect(features).toEqual(['a=say "hi"', 'a=two\nlines', 'a=x, y', 'b'])
  })

  test('numbers as people write them, and what only looks like one', () => {
    expect([...decode('a\n1e3\n-.5\n+7\n5.\n 8 \n0\n').x.data]).toEqual([1000, -0.5, 7, 5, 8, 0])
    expect(
      [...decode('a;b\n1.234,5;x\n-12,25;y\n1234;x\n,5;y', { decimal: ',' }).x.data].filter((_, i) => i % 3 === 0),
    ).toEqual([1234.5, -12.25, 1234, 0.5])
    for (const odd of ['0x1F', 'Infinity', '1,5', '12%', '1 2', '--1']) {
      expect(refused(`a;b\n1;2\n2;3\n${odd};4\n`)).toContain(
        `t: row 4, column "a": a number is expected, but got "${odd}"; correct it`,
      )
    }
  })

  test('several targets are a tensor, numbers may be classes', () => {
    const two = decode('a,b,c\n1,2,3\n4,5,6', { target: ['c', 'a'] }) as TargetTable
    expect(two.y).toEqual({ shape: [2, 2], data: Float64Array.from([3, 1, 6, 4]) })
    expect(two.classNames).toEqual(['c', 'a'])
    const digits = decode('a,digit\n1,10\n2,9\n3,10', { target: 'digit', categories: ['digit'] }) as TargetTable
    expect([[...(digits.y as Int32Array)], digits.classNames]).toEqual([
      [1, 0, 1],
      ['9', '10'],
    ])
  })

  test('missing cells: an error, left out, or filled', () => {
    const content = 'a,b,y\n1,x,1\nNA,y,2\n4,,3\n7,x,\n'
    expect(refused(content, { target: 'y' })).toBe(
      `t: row 3, column "a": the cell is missing; write it, or give { onMissing: 'skip' } or 'fill'`,
    )
    expect(refused('a,y\n1,2\n3,?\n', { target: 'y' })).toBe(
      `t: row 3, column "y": the cell is missing; write it, or give { onMissing: 'skip' }`,
    )
    const skipped = decode(content, { target: 'y', onMissing: 'skip' })
    expect([[...skipped.x.data], skipped.features, skipped.skipped]).toEqual([
      [1, 1],
      ['a', 'b=x'],
      [3, 4, 5],
    ])
    expect(refused(content, { target: 'y', onMissing: 'fill' })).toContain('row 5, column "y": the cell is missing')
    const filled = decode(content, { onMissing: 'fill', ignore: ['y'] })
    expect([...filled.x.data]).toEqual([1, 1, 0, 4, 0, 1, 4, 0, 0, 7, 1, 0])
    expect(filled.columns).toEqual([
      { name: 'a', kind: 'number', fill: 4 },
      { name: 'b', kind: 'category', values: ['x', 'y'], mayMiss: true },
    ])
    expect(decode('a,b\n1,NA\n2,x', { missing: [''] }).features).toEqual(['a', 'b=NA', 'b=x'])
    expect(refused('a,b\n,1\n,2', { onMissing: 'skip' })).toBe(
      't: in each row a cell is missing; leave the column that is empty out with ignore',
    )
  })

  test('other tables and records become the same columns', () => {
    const { columns, x } = decode('area,city\n80,Bern\n90,Genf\n', {})
    const other = decode('city,size,area\nGenf,9,70\n', { columns })
    expect([...other.x.data]).toEqual([70, 0, 1])
    expect(
      encodeRecords(columns, [
        { area: 80, city: 'Bern' },
        { area: '90', city: 'Genf', more: 1 },
      ]).data,
    ).toEqual(x.data)
    expect(refused('city,area\nGenff,70\n', { columns })).toBe(
      `t: row 2, column "city": "Genff" is none of the values that are known; did you mean 'Genf'?`,
    )
    expect(refused('city,area\nGenf,much\n', { columns })).toContain(
      'row 2, column "area": a number is expected, but got "much"',
    )
    expect(() => encodeRecords(columns, [{ area: 80 }])).toThrow("row 0, column 'city': one of its values is expected")
    expect(() => encodeRecords(columns, [{ area: 'x', city: 'Bern' }])).toThrow(
      "column 'area': a number is expected, but got 'x'",
    )
    const { y } = decode('a,y\n1,dog', { target: 'y', classNames: ['cat', 'dog'] }) as TargetTable
    expect([...(y as Int32Array)]).toEqual([1])
    expect(refused('a,y\n1,dogg', { target: 'y', classNames: ['cat', 'dog'] })).toBe(
      't: row 2, column "y": "dogg" is none of the classes; did you mean "dog"?',
    )
  })

  test.each<readonly [string, string, object, string]>([
    [
      'a target that is not there',
      'area,price\n1,2',
      { target: 'prize' },
      't: target: there is no column "prize"; did you mean "price"?',
    ],
    ['one that is far off', 'a,b\n1,2', { target: 'income' }, 'there is no column "income"; there are "a", "b"'],
    ['a place that is not there', 'a,b\n1,2', { target: 2 }, 'target is column 2, but there are 2, from 0 to 1'],
    [
      'text where a number belongs',
      'a,b\n1,2\n3,4\nx7,5',
      {},
      'row 4, column "a": a number is expected, but got "x7"; correct it, name',
    ],
    [
      'a long row',
      'a,b\n1,2\n3,4,5',
      {},
      't: row 3 has 3 cells, but there are 2 columns (separator ","); is a cell with the separator',
    ],
    ['a short row below a cell of two lines', 'a,b\n"x\ny",2\n3', {}, 't: row 3 has 1 cells, but there are 2 columns'],
    ['an open quote', 'a,b\n1,"2\n3,4', {}, 't: row 2: a quote (") is opened and never closed'],
    ['text behind a quote', 'a,b\n"1"x,2', {}, 't: row 2: text stands behind a closing quote (")'],
    ['a name twice', 'a,a\n1,2', {}, 't: two columns are called "a"; rename one of them'],
    ['a header alone', 'a,b\n', {}, 't: the table has no rows below its header'],
    ['nothing', ' \n\n', {}, 't: the table has no rows; is it the right file?'],
    ['only the target', 'a\n1', { target: 'a' }, 'no column is left to predict from; there are "a"'],
    [
      'words among targets',
      'a,b,c\n1,x,2',
      { target: ['b', 'c'] },
      'column "b": several targets are numbers, but got "x"',
    ],
    ['a misspelt option', 'a\n1', { taget: 'a' }, "decodeCsv: unknown option 'taget'; did you mean 'target'?"],
    [
      'a long separator',
      'a\n1',
      { separator: '::' },
      "separator must be one character, e.g. ';' or '\\t', but got '::'",
    ],
  ])('%s is one line', (_, content, options, expected) => {
    expect(refused(content, options)).toContain(expected)
  })

  test('a column of names is no column of categories', () => {
    const rows = Array.from({ length: 300 }, (_, i) => `name ${i},${i}`).join('\n')
    expect(refused(`who,n\n${rows}`)).toBe(
      't: column "who" has 300 different texts, e.g. "name 0", but at most 256 become categories; leave it out with { ignore: ["who"] }',
    )
  })

  test('pieces are cut where lines end outside of quotes', () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `${i},"a\n""${i % 7}"",\n"`)
    const { x, features } = decode(`n,t\n${rows.join('\n')}\n`)
    expect([x.shape, features.length]).toEqual([[30_000, 8], 8])
    expect(column(x, 0).every((n, i) => n === i)).toBe(true)
    expect(refused(`n,t\n${rows.join('\n')}\nx,1,2\n`)).toContain('row 30002 has 3 cells')
  })
})

describe('a net of a table', () => {
  it('keeps the columns in its file, and takes records and other tables', async () => {
    const table = right(await loadCsv(path('houses.csv'), { target: 'price', categories })())
    const { x, input } = right(standardize(table.x))
    const model = right(fullyConnectedNet({ inputDim: 11, hiddenDims: [], task: regression() }))
    const file = join(newFolder(), 'net.safetensors')
    const weights = model.init()
    right(await saveNet(file, { model, weights, input: { ...input, columns: table.columns } as Input })())
    const net = right(await loadNet(file)())
    expect(net.input).toEqual({ ...input, columns: table.columns })
    const expected = predict(model, weights, x)
    const again = right(await loadCsv(path('houses.csv'), { columns: (net.input as NumbersInput).columns })())
    expect(predict(net, again.x)).toEqual(expected)
    const record = { area: 93.5, age: 81, city: 'Zürich', post: '0101', garden: 'True' }
    expect(predict(net, [record]).data[0]).toBe(expected.data[0])
    expect(() => predict(net, [{ ...record, city: 'Zurich' }])).toThrow(
      "predict: row 0, column 'city': one of its values is expected (did you mean 'Zürich'?), but got 'Zurich'",
    )
    expect(() => predict({ model, weights, input }, [record])).toThrow(
      'predict: records are of a net that keeps the columns of its table',
    )
    const wrong = { ...input, columns: table.columns.slice(1) } as Input
    expect(message(await saveNet(file, { model, weights, input: wrong })())).toContain(
      "the input's columns must become 11 numbers; take table.columns of loadCsv",
    )
  })
})
