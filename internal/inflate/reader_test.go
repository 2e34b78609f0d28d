package inflate

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	kgzip "github.com/klauspost/compress/gzip"

	"github.com/keysift/keysift/internal/gittest"
)

// FuzzReader: our reader and the standard library's agree on every input and
// for every way in which it arrives: the same output in front of the end, and in
// front of an error no other.
func FuzzReader(f *testing.F) {
	for k, s := range inflateSeeds() {
		for _, format := range []Format{Raw, Zlib, Gzip} {
			packed := pack(s, format, k%10)
			f.Add(packed, uint8(format), uint16(k*1000))
			f.Add(packed[:len(packed)*2/3], uint8(format), uint16(0))
			f.Add(append(packed, "padding"...), uint8(format), uint16(7))
			f.Add(append(packed, packed...), uint8(format), uint16(40_000))
		}
	}
	f.Add(flushed(), uint8(Raw), uint16(0))
	z := NewReader()
	f.Fuzz(func(t *testing.T, src []byte, kind uint8, step uint16) {
		format := Format(kind % 3)
		want, wantErr := stdStream(src, format)
		for name, r := range map[string]io.Reader{
			"at once":    bytes.NewReader(src),
			"in halves":  iotest.HalfReader(bytes.NewReader(src)),
			"with error": iotest.DataErrReader(bytes.NewReader(src)),
		} {
			got, err := readAll(z, r, format, 16+int(step))
			if !bytes.Equal(got, want) && !(wantErr != nil && (bytes.HasPrefix(got, want) || bytes.HasPrefix(want, got))) {
				t.Fatalf("%s, format %d: %d bytes (%v), want %d (%v)", name, format, len(got), err, len(want), wantErr)
			}
			if (err == nil) != (wantErr == nil) {
				t.Fatalf("%s, format %d: error %v, want %v", name, format, err, wantErr)
			}
		}
	})
}

// readAll reads step bytes at a time, and no more than the standard library is
// asked for.
func readAll(z *Reader, r io.Reader, f Format, step int) ([]byte, error) {
	if err := z.Reset(r, f); err != nil {
		return nil, err
	}
	var all bytes.Buffer
	_, err := io.CopyBuffer(&all, io.LimitReader(z, stdLimit), make([]byte, step))
	return all.Bytes(), err
}

// stdStream gives the view of the standard library. Padding behind a gzip
// member ends the stream.
func stdStream(src []byte, f Format) ([]byte, error) {
	var all bytes.Buffer
	in := bytes.NewReader(src)
	switch f {
	case Raw:
		_, err := io.Copy(&all, io.LimitReader(flate.NewReader(in), stdLimit))
		return all.Bytes(), err
	case Zlib:
		r, err := zlib.NewReader(in)
		if err != nil {
			return nil, err
		}
		_, err = io.Copy(&all, io.LimitReader(r, stdLimit))
		return all.Bytes(), err
	}
	r, err := gzip.NewReader(in)
	for err == nil {
		r.Multistream(false)
		if _, err = io.Copy(&all, io.LimitReader(r, stdLimit-int64(all.Len()))); err != nil || all.Len() == stdLimit {
			return all.Bytes(), err
		}
		if rest := src[len(src)-in.Len():]; len(rest) < 3 || string(rest[:3]) != "\x1f\x8b\x08" {
			return all.Bytes(), nil
		}
		err = r.Reset(in)
	}
	return all.Bytes(), err
}

func pack(data []byte, f Format, level int) []byte {
	var b bytes.Buffer
	var w io.WriteCloser
	switch f {
	case Raw:
		w, _ = flate.NewWriter(&b, level)
	case Zlib:
		w, _ = zlib.NewWriterLevel(&b, level)
	default:
		z, _ := gzip.NewWriterLevel(&b, level)
		z.Name, z.Comment, z.Extra = "name", "a comment", []byte("extra")
		w = z
	}
	w.Write(data)
	w.Close()
	return b.Bytes()
}

// flushed has many short blocks, some of which have to start at a byte.
func flushed() []byte {
	var b bytes.Buffer
	for k := range 300 {
		w, _ := flate.NewWriter(&b, k%2*6)
		fmt.Fprintf(w, "%0*d", k%9, k)
		w.Flush()
	}
	w, _ := flate.NewWriter(&b, 6)
	w.Close()
	return b.Bytes()
}

// streamSeeds are longer than what a reader holds at once.
func streamSeeds() [][]byte {
	r := rand.New(rand.NewPCG(7, 8))
	noise := make([]byte, 150_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	var runs []byte
	for len(runs) < 400_000 {
		runs = append(runs, bytes.Repeat(noise[:1+r.IntN(12)], 1+r.IntN(3000))...)
	}
	const window = 32 << 10 // as far back as a match may reach
	far := append(append(append([]byte{}, noise[:window]...), noise[:600]...), noise[1000:window]...)
	return [][]byte{nil, []byte("a"), make([]byte, 1<<20), noise, runs, far, gittest.Source(300_000)}
}

func TestReaderSeeds(t *testing.T) {
	z := NewReader()
	for k, s := range append(streamSeeds(), inflateSeeds()...) {
		for _, f := range []Format{Raw, Zlib, Gzip} {
			for level := -2; level <= 9; level++ {
				packed := pack(s, f, level)
				got, err := readAll(z, bytes.NewReader(packed), f, 10_000)
				if err != nil || !bytes.Equal(got, s) {
					t.Errorf("seed %d, format %d, level %d: %d bytes, error %v; want %d", k, f, level, len(got), err, len(s))
				}
			}
		}
	}
}

func TestReaderDiscard(t *testing.T) {
	text := gittest.Source(500_000)
	z := NewReader()
	if err := z.Reset(bytes.NewReader(pack(text, Gzip, 6)), Gzip); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(9, 10))
	at := 0
	for at < len(text) {
		n := r.IntN(90_000)
		skipped, err := z.Discard(int64(n))
		want := min(n, len(text)-at)
		if int(skipped) != want || (err == io.EOF) != (n > want) {
			t.Fatalf("Discard(%d) at %d of %d = %d, %v", n, at, len(text), skipped, err)
		}
		at += want
		b := make([]byte, min(100, len(text)-at))
		if _, err := io.ReadFull(z, b); err != nil || !bytes.Equal(b, text[at:at+len(b)]) {
			t.Fatalf("reading %d bytes at %d: error %v, equal %v", len(b), at, err, bytes.Equal(b, text[at:at+len(b)]))
		}
		at += len(b)
	}
}

func TestReaderErrors(t *testing.T) {
	text := gittest.Source(100_000)
	errDisk := errors.New("disk on fire")
	bad := func(at int) func([]byte) []byte {
		return func(b []byte) []byte {
			if at < 0 {
				at += len(b)
			}
			b[at] ^= 0x55
			return b
		}
	}
	cut := func(n int) func([]byte) []byte { return func(b []byte) []byte { return b[:len(b)-n] } }
	for _, tt := range []struct {
		name   string
		format Format
		damage func([]byte) []byte
		end    error // of the source
		want   error
		all    bool // the content comes before the error
	}{
		{"gzip magic", Gzip, bad(0), io.EOF, ErrCorrupt, false},
		{"gzip method", Gzip, bad(2), io.EOF, ErrCorrupt, false},
		{"gzip sum", Gzip, bad(-6), io.EOF, ErrChecksum, true},
		{"gzip size", Gzip, bad(-2), io.EOF, ErrChecksum, true},
		{"gzip cut in trailer", Gzip, cut(3), io.EOF, io.ErrUnexpectedEOF, true},
		{"gzip cut in data", Gzip, cut(30), io.EOF, io.ErrUnexpectedEOF, false},
		{"gzip empty", Gzip, func([]byte) []byte { return nil }, io.EOF, io.ErrUnexpectedEOF, false},
		{"gzip second member cut", Gzip, func(b []byte) []byte { return append(b, b[:8]...) }, io.EOF, io.ErrUnexpectedEOF, true},
		{"zlib header", Zlib, bad(0), io.EOF, ErrCorrupt, false},
		{"zlib sum", Zlib, bad(-1), io.EOF, ErrChecksum, true},
		{"zlib cut in trailer", Zlib, cut(1), io.EOF, io.ErrUnexpectedEOF, true},
		{"raw cut", Raw, cut(2), io.EOF, io.ErrUnexpectedEOF, false},
		{"raw reserved block", Raw, func(b []byte) []byte { b[0] |= 6; return b }, io.EOF, ErrCorrupt, false},
		{"source fails", Gzip, cut(100), errDisk, errDisk, false},
		{"source fails in trailer", Zlib, cut(2), errDisk, errDisk, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			src := tt.damage(pack(text, tt.format, 6))
			r := io.MultiReader(bytes.NewReader(src), iotest.ErrReader(tt.end))
			got, err := readAll(NewReader(), r, tt.format, 1000)
			if !errors.Is(err, tt.want) && !(tt.want == ErrCorrupt && err != nil) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
			if !bytes.HasPrefix(text, got) || tt.all && len(got) != len(text) {
				t.Errorf("%d bytes of %d, prefix %v", len(got), len(text), bytes.HasPrefix(text, got))
			}
		})
	}
}

func TestReaderName(t *testing.T) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Name = "caf\u00e9.txt"
	w.Close()
	w.Reset(&b)
	w.Name = "other"
	w.Close()
	z := NewReader()
	if err := z.Reset(&b, Gzip); err != nil {
		t.Fatal(err)
	}
	if _, err := z.Discard(1); err != io.EOF || z.Name() != "caf\u00e9.txt" {
		t.Errorf("name %q, error %v, want %q", z.Name(), err, "caf\u00e9.txt")
	}
}

// A header with all fields and its own checksum, which no writer at hand makes.
func TestReaderHeader(t *testing.T) {
	packed := pack([]byte("content"), Gzip, 6)
	for _, tt := range []struct {
		name string
		sum  string
		want string
	}{
		{"right", "\x90\xc9", "content"},
		{"wrong", "\x00\x00", ""},
	} {
		plain := pack([]byte("content"), Raw, 6)
		header := "\x1f\x8b\x08\x02\x00\x00\x00\x00\x00\xff"
		src := header + tt.sum + string(plain) + string(packed[len(packed)-8:])
		got, err := readAll(NewReader(), strings.NewReader(src), Gzip, 10)
		if string(got) != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s: %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
}

func BenchmarkReader(b *testing.B) {
	for _, bb := range []struct {
		name string
		data []byte
	}{{"source", gittest.Source(1 << 20)}, {"zeros", make([]byte, 16<<20)}} {
		src := pack(bb.data, Gzip, 6)
		b.Run("own/"+bb.name, func(b *testing.B) {
			z := NewReader()
			b.SetBytes(int64(len(bb.data)))
			b.ReportAllocs()
			for b.Loop() {
				if err := z.Reset(bytes.NewReader(src), Gzip); err != nil {
					b.Fatal(err)
				}
				if n, err := z.Discard(1 << 40); err != io.EOF || n != int64(len(bb.data)) {
					b.Fatal(n, err)
				}
			}
		})
		b.Run("klauspost/"+bb.name, func(b *testing.B) {
			z := new(kgzip.Reader)
			b.SetBytes(int64(len(bb.data)))
			b.ReportAllocs()
			for b.Loop() {
				if err := z.Reset(bytes.NewReader(src)); err != nil {
					b.Fatal(err)
				}
				if n, err := io.Copy(io.Discard, z); err != nil || n != int64(len(bb.data)) {
					b.Fatal(n, fmt.Sprint(err))
				}
			}
		})
	}
}
