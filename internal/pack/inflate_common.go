package pack

import "errors"

var (
	errInflate     = errors.New("corrupt compressed data")
	errInflateSize = errors.New("compressed data does not have the declared size")
)

// zlibHeader checks the first two bytes of a zlib stream.
func zlibHeader(src []byte) error {
	if len(src) < 2 {
		return errTruncated
	}
	// Deflate, window up to 32 KiB, no preset dictionary.
	if src[0]&15 != 8 || src[0]>>4 > 7 || src[1]&32 != 0 || (int(src[0])<<8|int(src[1]))%31 != 0 {
		return errInflate
	}
	return nil
}
