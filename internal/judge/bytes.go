package judge

import (
	"encoding/binary"
	"math/bits"
)

// LastNewline returns the place of the last line feed in s, or -1.
func LastNewline(s []byte) int { return LastByte(s, '\n') }

// LastByte returns the place of the last c in s, or -1. It reads eight bytes at a
// time, which bytes.LastIndexByte does not.
func LastByte(s []byte, c byte) int {
	const low = 0x7f7f7f7f7f7f7f7f
	all := uint64(c) * 0x0101010101010101
	i := len(s)
	for ; i >= 8; i -= 8 {
		x := binary.LittleEndian.Uint64(s[i-8:]) ^ all
		if zero := ^(x&low + low | x | low); zero != 0 {
			return i - 1 - bits.LeadingZeros64(zero)/8
		}
	}
	for i--; i >= 0; i-- {
		if s[i] == c {
			return i
		}
	}
	return -1
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func isLower(c byte) bool  { return 'a' <= c && c <= 'z' }
func isUpper(c byte) bool  { return 'A' <= c && c <= 'Z' }
func isLetter(c byte) bool { return isLower(c | 0x20) }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isAlnum(c byte) bool  { return isLetter(c) || isDigit(c) }
func isSpace(c byte) bool  { return c == ' ' || c == '\t' || c == '\r' }
func isQuote(c byte) bool  { return c == '"' || c == '\'' || c == '`' }

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// isWord reports whether c may stand in an identifier of most languages.
func isWord(c byte) bool { return isAlnum(c) || c == '_' || c >= 0x80 }

// isName reports whether c may stand in a name, written dotted, dashed or with a sigil.
func isName(c byte) bool { return isWord(c) || c == '.' || c == '-' || c == '$' || c == '@' }

func hasPrefix[T string | []byte](s T, prefix string) bool {
	return len(s) >= len(prefix) && string(s[:len(prefix)]) == prefix
}

// hasPrefixFold is hasPrefix for a lower-case prefix, folding ASCII case.
func hasPrefixFold(s []byte, prefix string) bool {
	return len(s) >= len(prefix) && equalFold(s[:len(prefix)], prefix)
}

// equalFold reports whether s is the lower-case word, folding ASCII case.
func equalFold(s []byte, word string) bool {
	if len(s) != len(word) {
		return false
	}
	for i := range s {
		if lower(s[i]) != word[i] {
			return false
		}
	}
	return true
}

// indexFold returns the first place of the lower-case word in s, folding ASCII case, or -1.
func indexFold(s []byte, word string) int {
	for i := 0; i+len(word) <= len(s); i++ {
		if lower(s[i]) == word[0] && equalFold(s[i:i+len(word)], word) {
			return i
		}
	}
	return -1
}
