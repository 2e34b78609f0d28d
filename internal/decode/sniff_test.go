package decode

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestSniff(t *testing.T) {
	const config = "[default]\r\nregion = north\r\n"
	numbers := make([]byte, 0, 4096) // a table of small 16-bit numbers
	floats := make([]byte, 0, 4096)
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range uint16(1000) {
		numbers = binary.LittleEndian.AppendUint16(numbers, i%300)
		floats = binary.LittleEndian.AppendUint64(floats, rnd.Uint64()&^0xFF)
	}
	tests := []struct {
		name string
		head string
		want Encoding
	}{
		{"empty", "", Text},
		{"ascii", config, Text},
		{"utf-8", "größe = 日本", Text},
		{"utf-8 with mark", "\xEF\xBB\xBF" + config, Text},
		{"latin-1", "gr\xF6\xDFe", Text},
		{"control characters", "\x1b[31mred\x1b[0m", Text},
		{"little endian with mark", "\xFF\xFE" + string(encode(config, UTF16LE)), UTF16LE},
		{"big endian with mark", "\xFE\xFF" + string(encode(config, UTF16BE)), UTF16BE},
		{"mark alone", "\xFF\xFE", UTF16LE},
		{"little endian", string(encode(config, UTF16LE)), UTF16LE},
		{"big endian", string(encode(config, UTF16BE)), UTF16BE},
		{"odd length", string(encode(config, UTF16LE)) + "x", UTF16LE},
		{"mixed script", string(encode("key = 日本語日本語 # 説明説明説明\n", UTF16LE)), UTF16LE},
		{"mixed script, big endian", string(encode("key = 日本語日本語 # 説明説明説明\n", UTF16BE)), UTF16BE},
		{"pairs", string(encode("key = 😀😀\n", UTF16LE)), UTF16LE},
		{"long", string(encode(strings.Repeat(config, 1000), UTF16BE)), UTF16BE},
		{"too short", "a\x00b\x00", Binary},
		{"utf-32", "\xFF\xFE\x00\x00a\x00\x00\x00", Binary},
		{"utf-32 without mark", "a\x00\x00\x00b\x00\x00\x00c\x00\x00\x00d\x00\x00\x00", Binary},
		{"one nul", config + "\x00" + config, Binary},
		{"zeros", strings.Repeat("\x00", 100), Binary},
		{"image", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x04\x00", Binary},
		{"archive", "PK\x03\x04\x14\x00\x08\x00\x08\x00name.txt", Binary},
		{"program", "\x7FELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x3e\x00", Binary},
		{"numbers", string(numbers), Binary},
		{"noise", string(floats), Binary},
		{"nul beyond the head", strings.Repeat("x", SniffLen) + "\x00", Text},
		{"nul at the end of the head", strings.Repeat("x", SniffLen-1) + "\x00", Binary},
	}
	for _, tt := range tests {
		if got := Sniff([]byte(tt.head)); got != tt.want {
			t.Errorf("%s: Sniff(%.40q) = %d, want %d", tt.name, tt.head, got, tt.want)
		}
	}
}

// Text that is written in UTF-16 is told from binary content in both orders
// alike, and what lies beyond the head does not count.
func FuzzSniff(f *testing.F) {
	f.Add("key = value\n")
	f.Add("\x00\x01")
	f.Fuzz(func(t *testing.T, s string) {
		le, be := Sniff(encode(s, UTF16LE)), Sniff(encode(s, UTF16BE))
		if (le == UTF16LE) != (be == UTF16BE) && le != UTF16BE && be != UTF16LE {
			t.Errorf("%q: little endian is %d, big endian is %d", s, le, be)
		}
		long := strings.Repeat(s, SniffLen/max(1, len(s))+1)
		if got, want := Sniff([]byte(long+"\x00")), Sniff([]byte(long)[:min(len(long), SniffLen)]); len(long) >= SniffLen && got != want {
			t.Errorf("%q: with a tail %d, without %d", s, got, want)
		}
	})
}
