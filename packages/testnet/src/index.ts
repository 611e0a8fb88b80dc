export * from './federation/index.ts'
export { createTestPki, loadOrCreateTestPki, startOcspResponder, startTimestamper, type TestPki } from './pki/index.ts'
