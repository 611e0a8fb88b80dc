export { type ToolResult, openssl, runTool, skipWithout } from './run-tool.ts'
export { type Scratch, scratch } from './scratch.ts'
export { pem, xmlsecVerify } from './xmlsec.ts'
