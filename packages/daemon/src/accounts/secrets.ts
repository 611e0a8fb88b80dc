import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const TOKEN_BYTES = 32

/** 256 random bits for a cookie. */
export function randomToken (): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}

/** What is stored instead of a secret. The secrets are random, so no salt and no slow hash is needed. */
export function hashOf (secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Compares in a time that tells nothing about where the two differ, nor how long they are. */
export function sameSecret (one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

/** A token that only the holder of `secret` can know, and that does not tell the secret. */
export function derivedToken (secret: string, purpose: string): string {
  return createHmac('sha256', secret).update(purpose).digest('base64url')
}
