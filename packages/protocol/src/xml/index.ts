export { decodeXml } from './decode.ts'
export { escapeAttribute, escapeText } from './escape.ts'
export {
  readXml, readXmlPieces, readXmlText, XML_ATTRIBUTES_MAX, XML_BYTES_MAX, XML_DEPTH_MAX,
  type XmlAttribute, type XmlElement, type XmlHandlers, type XmlLimits
} from './read.ts'
export { ElementTree, parseXmlTree, type XmlTree } from './tree.ts'
