package decode

// An Encoding is the way in which content encodes text.
type Encoding uint8

// The encodings that [Sniff] tells apart.
const (
	Unknown Encoding = iota
	Text             // ASCII, UTF-8, or any other superset of ASCII
	UTF16LE
	UTF16BE
	Binary
)
