export { Ratings, type Delivery, type KnownIndicators, type RatingState } from './ratings.ts'
export { RATING_SCHEMA } from './schema.ts'
