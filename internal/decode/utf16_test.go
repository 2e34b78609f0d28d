package decode

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// encode returns s in UTF-16.
func encode(s string, enc Encoding) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if enc == UTF16BE {
			b = binary.BigEndian.AppendUint16(b, u)
		} else {
			b = binary.LittleEndian.AppendUint16(b, u)
		}
	}
	return b
}

// reference transcodes with the standard library.
func reference(src []byte, enc Encoding) string {
	var units []uint16
	for i := 0; i+1 < len(src); i += 2 {
		if enc == UTF16BE {
			units = append(units, binary.BigEndian.Uint16(src[i:]))
		} else {
			units = append(units, binary.LittleEndian.Uint16(src[i:]))
		}
	}
	s := string(utf16.Decode(units))
	if len(src)%2 == 1 {
		s += "\uFFFD"
	}
	return s
}

func TestUTF16(t *testing.T) {
	tests := []string{
		"", "a", "name = value\r\nnext", "\uFEFFwith mark", "grüße", "日本語 text 日本語",
		"😀 pair", "abcd😀efgh", "abcdefgh\u0080ijklmnop", strings.Repeat("long ascii ", 100),
	}
	for _, enc := range []Encoding{UTF16LE, UTF16BE} {
		for _, s := range tests {
			if got := string(UTF16(nil, encode(s, enc), enc)); got != s {
				t.Errorf("%d: UTF16(%q) = %q", enc, s, got)
			}
			if got := string(UTF16([]byte("pre"), encode(s, enc), enc)); got != "pre"+s {
				t.Errorf("%d: UTF16(%q) after a prefix = %q", enc, s, got)
			}
		}
	}
}

func TestUTF16Malformed(t *testing.T) {
	tests := []struct {
		src  []byte
		want string
	}{
		{[]byte{'a', 0, 'b'}, "a\uFFFD"},
		{[]byte{'a'}, "\uFFFD"},
		{[]byte{0x00, 0xD8}, "\uFFFD"},                       // high surrogate at the end
		{[]byte{0x00, 0xD8, 'a', 0}, "\uFFFDa"},              // high surrogate, then none
		{[]byte{0x00, 0xDC, 'a', 0}, "\uFFFDa"},              // low surrogate first
		{[]byte{0x00, 0xD8, 0x00, 0xD8}, "\uFFFD\uFFFD"},     // two high surrogates
		{[]byte{0x3D, 0xD8, 0x00}, "\uFFFD\uFFFD"},           // pair cut in its middle
		{[]byte{0x3D, 0xD8, 0x00, 0xDE}, "\U0001F600"},       // a good pair
		{[]byte{0, 0, 'a', 0, 0, 0}, "\x00a\x00"},            // NULs stay
		{[]byte{0xFF, 0xFE, 'a', 0}, "\uFEFFa"},              // the mark stays
		{[]byte{0xFF, 0xFF, 0xFE, 0xFF}, "\uFFFF\U0000FFFE"}, // noncharacters stay
	}
	for _, tt := range tests {
		if got := string(UTF16(nil, tt.src, UTF16LE)); got != tt.want {
			t.Errorf("UTF16(% x) = %q, want %q", tt.src, got, tt.want)
		}
	}
}

func TestUTF16Offset(t *testing.T) {
	const text = "\uFEFFab日😀cdefgh\n" // 3+1+1+3+4+... bytes of UTF-8
	for _, enc := range []Encoding{UTF16LE, UTF16BE} {
		src := encode(text, enc)
		for i, r := range text {
			want := len(encode(text[:i], enc))
			for j := range utf8.RuneLen(r) { // also from within the character
				if got := UTF16Offset(src, enc, i+j); got != want {
					t.Errorf("%d: UTF16Offset(%d) = %d, want %d", enc, i+j, got, want)
				}
			}
		}
		for _, beyond := range []int{len(text), len(text) + 1, 1 << 20} {
			if got := UTF16Offset(src, enc, beyond); got != len(src) {
				t.Errorf("%d: UTF16Offset(%d) = %d, want %d", enc, beyond, got, len(src))
			}
		}
	}
}

// Transcoding agrees with the standard library, and the offset of every byte of
// the text leads to a cut at which source and text fall apart alike.
func FuzzUTF16(f *testing.F) {
	f.Add([]byte("a\x00b\x00c\x00d\x00e\x00"), false)
	f.Add([]byte("\xFE\xFF\x00a\xD8\x3D\xDE\x00"), true)
	f.Add([]byte("\x00\xD8\x00"), false)
	f.Fuzz(func(t *testing.T, src []byte, big bool) {
		enc := UTF16LE
		if big {
			enc = UTF16BE
		}
		text := UTF16(nil, src, enc)
		if want := reference(src, enc); string(text) != want {
			t.Fatalf("UTF16(% x) = %q, want %q", src, text, want)
		}
		for i := 0; i <= len(text); i++ {
			if i < len(text) && !utf8.RuneStart(text[i]) {
				continue
			}
			off := UTF16Offset(src, enc, i)
			if head := UTF16(nil, src[:off], enc); !bytes.Equal(head, text[:i]) {
				t.Fatalf("UTF16Offset(% x, %d) = %d: text before is %q, want %q", src, i, off, head, text[:i])
			}
		}
	})
}

func BenchmarkUTF16(b *testing.B) {
	src := encode(strings.Repeat("some text in a file, with a line end now and then\r\n", 4000), UTF16LE)
	var dst []byte
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		dst = UTF16(dst[:0], src, UTF16LE)
	}
}
