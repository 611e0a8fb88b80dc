export const CLASSIFIERS_STEP = ''
