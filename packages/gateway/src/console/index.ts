export { consoleProblemPage, createConsolePages, type ConsoleFacts, type ConsolePagesDeps } from './console.ts'
