// What a draft changes of the published form, in sentences.

export function differenceOf() {
  return []
}
