import { rm } from 'node:fs/promises'

await rm('.demo', { recursive: true, force: true })
console.log('.demo is cleared: the next start makes a new federation')
