export { BadSubscription } from './subscription.ts'
export { loadVapidKeys, type VapidKeys } from './vapid.ts'
export { WebPush, type WebPushDeps } from './web-push.ts'
