package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// Visible returns s with every character that a terminal or a viewer would
// act on instead of showing it written as an escape: control characters and
// bytes that are not UTF-8 as \xNN (\n, \r and \t by name), bidirectional and
// other invisible characters as \uNNNN. A backslash stays as it is.
func Visible(s string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		clean = s[i] >= ' ' && s[i] < 0x7f
	}
	if clean {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			writeByte(&b, s[i])
		case unicode.IsPrint(r):
			b.WriteString(s[i : i+n])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < utf8.RuneSelf:
			writeByte(&b, byte(r))
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		i += n
	}
	return b.String()
}

func writeByte(b *strings.Builder, c byte) {
	b.WriteString(`\x`)
	b.WriteByte(hexDigits[c>>4])
	b.WriteByte(hexDigits[c&15])
}

// validUTF8 returns s with each byte that is not UTF-8 written as \xNN.
func validUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			writeByte(&b, s[i])
		} else {
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// jsonASCII rewrites encoded JSON so that no character in it is invisible: what
// [Visible] would escape and JSON does not becomes a \u escape. Such characters
// occur only within strings, so that the value stays the same.
func jsonASCII(data []byte) []byte {
	for i := 0; i < len(data); i++ {
		if data[i] >= 0x7f {
			return jsonEscapeFrom(data, i)
		}
	}
	return data
}

func jsonEscapeFrom(data []byte, i int) []byte {
	out := append(make([]byte, 0, len(data)+32), data[:i]...)
	for i < len(data) {
		r, n := utf8.DecodeRune(data[i:])
		switch {
		case r == '\n' || r < 0x7f || unicode.IsPrint(r):
			out = append(out, data[i:i+n]...)
		case r < 0x10000:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		}
		i += n
	}
	return out
}

// xmlText returns s for use as text or as a quoted attribute in XML and HTML.
func xmlText(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;").Replace(Visible(s))
}

// workflowData returns s for use as the message of a workflow command.
func workflowData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// workflowProperty returns s for use as a property of a workflow command.
func workflowProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}

// csvCell returns s so that no spreadsheet takes it for a formula.
func csvCell(s string) string {
	s = Visible(s)
	t := strings.TrimLeft(s, " ")
	if t == "" {
		return s
	}
	switch r, _ := utf8.DecodeRuneInString(t); r {
	// The last four are the full-width forms, which some spreadsheets fold.
	case '=', '+', '-', '@', '\\', '＝', '＋', '－', '＠':
		return "'" + s
	}
	return s
}

// markdownText returns s for use within a line of GitHub's or GitLab's
// Markdown: what could open a construct, a link or a mention is an entity.
func markdownText(s string) string {
	s = Visible(s)
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf || isPlainMarkdown(s, i) {
			b.WriteByte(s[i])
			continue
		}
		b.WriteString("&#")
		b.WriteString(strconv.Itoa(int(s[i])))
		b.WriteByte(';')
	}
	return b.String()
}

// isPlainMarkdown reports whether the ASCII character at i means itself.
func isPlainMarkdown(s string, i int) bool {
	switch c := s[i]; c {
	case '.', ':': // of a host or an address
		return i+1 == len(s) || s[i+1] == ' '
	case '-': // of a list or a rule
		return i > 0 && i+1 < len(s) && s[i-1] != '-' && s[i+1] != '-'
	case '_': // of emphasis
		return i > 0 && i+1 < len(s) && isWordByte(s[i-1]) && isWordByte(s[i+1])
	case ' ', ',', ';', '(', ')', '/', '%', '?', '"', '\'':
		return true
	default:
		return isWordByte(c)
	}
}

// markdownCode returns s as a code span, in which neither mentions nor links
// are made of it.
func markdownCode(s string) string {
	if s != "" && !strings.ContainsAny(s, "`|") && strings.TrimSpace(s) == s && Visible(s) == s {
		return "`" + s + "`"
	}
	return "<code>" + markdownText(s) + "</code>"
}

func isWordByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// uriPath percent-encodes a slash-separated path.
func uriPath(path string) string {
	const upper = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		c := path[i]
		if isWordByte(c) || c == '/' || c == '.' || c == '-' || c == '~' {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(upper[c>>4])
		b.WriteByte(upper[c&15])
	}
	return b.String()
}
