export { createFront } from './front.ts'
