// Fields and the values that go into them, for a browser and the edge to give their opinions on.

import { choiceCases } from "./agreement/choices.mjs"
import { dateCases } from "./agreement/dates.mjs"
import { decimalCases } from "./agreement/decimals.mjs"
import { emailCases } from "./agreement/emails.mjs"
import { patternCases } from "./agreement/patterns.mjs"
import { seeded } from "./agreement/random.mjs"
import { textCases } from "./agreement/texts.mjs"
import { urlCases } from "./agreement/urls.mjs"

export const SEED = 20_261_121

// [{ field, values, typed? }]: `typed` where a script's values would not be converted as the keyboard's are.
export function agreementCases(seed = SEED) {
  const random = seeded(seed)
  const kinds = [textCases, patternCases, emailCases, urlCases, decimalCases, dateCases, choiceCases]
  return kinds.flatMap((cases) => cases(random))
}
