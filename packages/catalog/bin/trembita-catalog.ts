#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

// Before the program is read: a later start finds it compiled. In the user's own folder: what lies in a shared one could be somebody else's code.
enableCompileCache(join(homedir(), '.cache', 'trembita'))
const { main } = await import('../src/main.ts')

await main()
