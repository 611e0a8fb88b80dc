export { classifierApi, classifierService, type ClassifierDeps } from './api.ts'
export { readCsv } from './read-csv.ts'
export { CLASSIFIER_FORMATS, type Classifier, type ClassifierFormat, type ClassifierItem, type ClassifierVersion, type DatedItem } from './types.ts'
