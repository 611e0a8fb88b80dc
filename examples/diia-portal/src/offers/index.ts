export { askOffers, type CabinetOffers } from './cabinet.ts'
export { Deliveries, type DeliveryAnswer, type DeliveryStatus, type OfferDelivery } from './deliveries.ts'
export { FeedbackOutbox } from './feedback.ts'
export { FEEDBACKS, stateAfter, type Feedback, type MissingData, type OfferState, type OfferView, type TwoTexts } from './offer.ts'
