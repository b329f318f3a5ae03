import { relaxed } from './generatedRelaxed.ts'

/** The relaxed module as a text; in a page there is none before somebody gives it, since not every page is to load it. */
export const relaxedText = (): string | undefined => relaxed

/** Gives it. */
export const giveRelaxed = (_text: string): void => {}
