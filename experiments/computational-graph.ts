// The book's computational graph: what do apples and oranges cost, and what does the price depend on?
import { addBackward, addForward, mulBackward, mulForward } from '../src/index.ts'
import { command, main, parse } from './support/cli.ts'

const clean = (x: number): string => String(Number(x.toPrecision(12)))

const buyApples = (price: number, count: number, tax: number): void => {
  const [apples, appleCache] = mulForward(price, count)
  const [total, taxCache] = mulForward(apples, tax)
  const [dApples, dTax] = mulBackward(1, taxCache)
  const [dPrice, dCount] = mulBackward(dApples, appleCache)
  console.log(`${count} apples at ${price}, tax ${tax}: ${clean(total)}`)
  console.log(`  gradients: price ${clean(dPrice)}, count ${clean(dCount)}, tax ${clean(dTax)}`)
}

const buyApplesAndOranges = (): void => {
  const tax = 1.1
  const [apples, appleCache] = mulForward(100, 2)
  const [oranges, orangeCache] = mulForward(150, 3)
  const [fruit] = addForward(apples, oranges)
  const [total, taxCache] = mulForward(fruit, tax)
  const [dFruit, dTax] = mulBackward(1, taxCache)
  const [dApples, dOranges] = addBackward(dFruit)
  const [dApple, dAppleCount] = mulBackward(dApples, appleCache)
  const [dOrange, dOrangeCount] = mulBackward(dOranges, orangeCache)
  console.log(`2 apples at 100 and 3 oranges at 150, tax ${tax}: ${clean(total)}`)
  console.log(
    `  gradients: apple price ${clean(dApple)}, apple count ${clean(dAppleCount)}, ` +
      `orange price ${clean(dOrange)}, orange count ${clean(dOrangeCount)}, tax ${clean(dTax)}`,
  )
}

main(() => {
  parse(command('computational-graph', 'Forward and backward through multiplications and an addition.'))
  buyApples(100, 2, 1.1)
  buyApplesAndOranges()
})
