import { XmlBufferInputProvider, XmlDocument, xmlCleanupInputProvider, xmlRegisterInputProvider, XmlValidateError, XsdValidator } from 'libxml2-wasm'
import { escapeAttribute } from '@trembita/protocol/xml'
import { DescriptionError } from './read-openapi.ts'
import type { InlineSchema } from './wsdl-model.ts'

/** Names under which the schemas of a WSDL find one another; nothing else can be opened. */
const nameOf = (index: number): string => `trembita-types-${index}.xsd`

/** Schemas of a WSDL, compiled together. Belongs to one thread. */
export class CompiledSchemas {
  readonly #validator: XsdValidator
  readonly #driver: XmlDocument

  private constructor (validator: XsdValidator, driver: XmlDocument) {
    this.#validator = validator
    this.#driver = driver
  }

  /** @throws {DescriptionError} for what does not compile. */
  static compile (schemas: readonly InlineSchema[]): CompiledSchemas {
    const texts = schemas.map((schema) => withLocations(schema, schemas))
    const driver = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:trembita:driver">${schemas.map(({ targetNamespace }, index) =>
      `<xs:import${targetNamespace === '' ? '' : ` namespace="${escapeAttribute(targetNamespace)}"`} schemaLocation="${nameOf(index)}"/>`).join('')}</xs:schema>`
    xmlRegisterInputProvider(new XmlBufferInputProvider(Object.fromEntries(texts.map((text, index) => [nameOf(index), Buffer.from(text)]))))
    let document: XmlDocument | undefined
    try {
      document = XmlDocument.fromString(driver)
      return new CompiledSchemas(XsdValidator.fromDoc(document), document)
    } catch (error) {
      document?.dispose()
      throw new DescriptionError(error instanceof Error ? error.message.split('\n').slice(0, 3).join(' ') : String(error), 'types')
    } finally {
      xmlCleanupInputProvider()
    }
  }

  /** @returns what is wrong, without the values that stood there; empty when valid. */
  validate (element: string): string[] {
    let document: XmlDocument | undefined
    try {
      document = XmlDocument.fromString(element)
      this.#validator.validate(document)
      return []
    } catch (error) {
      if (error instanceof XmlValidateError) return error.details.slice(0, 10).map(({ message }) => withoutValues(message))
      return [withoutValues(error instanceof Error ? error.message : String(error))]
    } finally {
      document?.dispose()
    }
  }

  dispose (): void {
    this.#validator.dispose()
    this.#driver.dispose()
  }
}

/** libxml2 repeats the value that was wrong: it may be somebody's. */
function withoutValues (message: string): string {
  return message.trim().replace(/: '[^']*' is not/g, ': the value is not').replace(/The value '[^']*'/g, 'The value')
}

/** Imports of a namespace that another schema of the document has get its name; those to elsewhere stay, and fail. */
function withLocations ({ text }: InlineSchema, schemas: readonly InlineSchema[]): string {
  return text.replace(/<((?:[\w.-]+:)?import)\b([^>]*?)(\/?)>/g, (whole, name: string, attributes: string, end: string) => {
    const namespace = /\bnamespace\s*=\s*["']([^"']*)["']/.exec(attributes)?.[1]
    const index = schemas.findIndex(({ targetNamespace }) => targetNamespace === namespace)
    return index === -1 ? whole : `<${name}${attributes.replace(/\bschemaLocation\s*=\s*["'][^"']*["']/, '')} schemaLocation="${nameOf(index)}"${end}>`
  })
}
