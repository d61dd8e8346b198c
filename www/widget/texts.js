// The widget's own texts by message id, a table for each language.

const TABLES = {
  en: {
    submit: "Send",
    sending: "Sending…",
    thanks: "Thank you",
    optional: "(optional)",
    choose: "Choose one",
    errorPrefix: "Error:",
    problem: "There is a problem",
    notSent: "Your answers were not sent",
    nothingLost: "Nothing you typed was lost. Try again in a moment.",
    sentAgain: "Nothing you typed was lost. It will be sent again",
    notLoaded: "The form could not be loaded here.",
    notSetUp: "This form is not set up for this site.",
    notFound: "This form is not available.",
    openHostedPage: "Open the form on its own page",
    whatToChange: "For the owner of this site: what to change",
    tooMany: "Too many attempts",
    tryAgain: "Nothing you typed was lost. Try again",
    tryLater: "Nothing you typed was lost. Try again later.",
  },
}

// The first language that has a table decides: of the form, of the page, of the browser; else English.
export function textsIn(...locales) {
  const languages = locales.map((locale) => locale?.split("-")[0].toLowerCase())
  return TABLES[languages.find((language) => Object.hasOwn(TABLES, language))] ?? TABLES.en
}
