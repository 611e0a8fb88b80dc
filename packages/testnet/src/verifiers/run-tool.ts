import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface ToolResult {
  /** Whether it exited 0. */
  readonly ok: boolean
  /** What it printed, errors first. */
  readonly text: string
}

/** Runs an outside verifier: openssl, xmlsec1, unzip. Asynchronously, for it may have our own servers to ask. */
export async function runTool (name: string, args: readonly string[], options: { cwd?: string, timeoutMs?: number } = {}): Promise<ToolResult> {
  try {
    const { stdout, stderr } = await run(name, args, { cwd: options.cwd, timeout: options.timeoutMs ?? 30_000 })
    return { ok: true, text: stderr + stdout }
  } catch (thrown) {
    const { stdout, stderr } = thrown as { stdout?: string, stderr?: string }
    return { ok: false, text: `${stderr ?? ''}${stdout ?? ''}` || String(thrown) }
  }
}

export async function openssl (...args: string[]): Promise<ToolResult> {
  return await runTool('openssl', args)
}

/** Why a test that needs this tool is skipped, or false. Under CI, where everything is installed, `npm test` counts a skip as a failure. */
export async function skipWithout (name: string, versionArgument = 'version'): Promise<string | false> {
  return (await runTool(name, [versionArgument])).ok ? false : `${name} is not installed`
}
