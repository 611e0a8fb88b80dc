export { Persons, type KnownPerson, type Recipient } from './persons.ts'
