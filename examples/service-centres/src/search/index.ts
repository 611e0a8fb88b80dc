export { findCentres, findServices, type Filter } from './find-centres.ts'
