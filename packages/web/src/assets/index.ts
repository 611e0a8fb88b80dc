export { type Asset, assetPath, type Assets, ASSETS_PREFIX, loadAssets } from './load-assets.ts'
