package inflate

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"hash/adler32"
	"io"
	"math/rand/v2"
	"testing"

	kzlib "github.com/klauspost/compress/zlib"

	"github.com/keysift/keysift/internal/gittest"
)

// FuzzInflate: our decoder and the standard library's agree on every input:
// the same output, or an error from both.
func FuzzInflate(f *testing.F) {
	for _, s := range inflateSeeds() {
		for level := -2; level <= 9; level++ {
			f.Add(gittest.Deflate(s, level), uint16(0))
			f.Add(gittest.Deflate(s, level), uint16(len(s)/2))
		}
	}
	z := NewDecoder()
	f.Fuzz(func(t *testing.T, src []byte, short uint16) {
		want, used, wantErr := stdInflate(src)
		size := len(want)
		if wantErr != nil {
			size = int(short)
		}
		for _, slack := range []int{0, Slack} {
			dst := make([]byte, size, size+slack)
			n, err := z.Inflate(dst, src)
			if (err == nil) != (wantErr == nil) && !(wantErr != nil && size != len(want) && err == nil) {
				t.Fatalf("slack %d: error %v, want %v", slack, err, wantErr)
			}
			if wantErr == nil && (!bytes.Equal(dst, want) || n != used) {
				t.Fatalf("slack %d: %d bytes from %d, want %d from %d; equal %v", slack, len(dst), n, len(want), used, bytes.Equal(dst, want))
			}
			if wantErr != nil {
				continue
			}
			for _, wrong := range []int{size - 1, size + 1, int(short)} {
				if wrong < 0 || wrong == size {
					continue
				}
				if _, err := z.Inflate(make([]byte, wrong, wrong+slack), src); err == nil {
					t.Fatalf("slack %d: no error for %d bytes, stream has %d", slack, wrong, size)
				}
				dst := make([]byte, wrong, wrong+slack)
				n, end, err := z.Prefix(dst, src)
				if err != nil || end != (wrong > size) || n != min(wrong, size) || !bytes.Equal(dst[:n], want[:n]) {
					t.Fatalf("slack %d: prefix of %d: n %d, end %v, error %v; stream has %d", slack, wrong, n, end, err, size)
				}
			}
		}
	})
}

const stdLimit = 1 << 22

// stdInflate gives the standard library's view, and the length of the stream.
func stdInflate(src []byte) (out []byte, used int, err error) {
	in := bytes.NewReader(src)
	r, err := zlib.NewReader(in)
	if err != nil {
		return nil, 0, err
	}
	out, err = io.ReadAll(io.LimitReader(r, stdLimit))
	return out, len(src) - in.Len(), err
}

func inflateSeeds() [][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 70_000)
	skewed := make([]byte, 40_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	for i := range skewed {
		skewed[i] = byte(r.ExpFloat64() * 9)
	}
	far := append(append([]byte{}, noise[:32_000]...), noise[:600]...)
	return [][]byte{
		nil, {0}, []byte("a"), []byte("hello, hello, hello"), bytes.Repeat([]byte{'x'}, 1000),
		bytes.Repeat([]byte("abc"), 700), noise, skewed, far, gittest.Source(3000), gittest.Source(50_000),
	}
}

func TestInflateSeeds(t *testing.T) {
	z := NewDecoder()
	for i, s := range inflateSeeds() {
		for level := -2; level <= 9; level++ {
			src := append(gittest.Deflate(s, level), "trailing bytes"...)
			dst := make([]byte, len(s), len(s)+Slack)
			n, err := z.Inflate(dst, src)
			if err != nil || n != len(src)-14 || !bytes.Equal(dst, s) {
				t.Errorf("seed %d level %d: used %d of %d, error %v, equal %v", i, level, n, len(src)-14, err, bytes.Equal(dst, s))
			}
		}
	}
}

func TestAdler(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, size := range []int{0, 1, 7, 8, 31, 32, 33, 5551, 5552, 5553, 20_000} {
		for _, fill := range []int{-1, 0, 255} {
			b := make([]byte, size)
			for i := range b {
				b[i] = byte(fill)
				if fill < 0 {
					b[i] = byte(r.Uint32())
				}
			}
			if got, want := adler(b), adler32.Checksum(b); got != want {
				t.Errorf("%d bytes of %d: adler %08x, want %08x", size, fill, got, want)
			}
		}
	}
}

func BenchmarkInflate(b *testing.B) {
	for _, size := range []int{100, 1000, 10_000, 100_000} {
		text := gittest.Source(size)
		src := gittest.Deflate(text, 6)
		b.Run(fmt.Sprintf("own/%d", size), func(b *testing.B) {
			z := NewDecoder()
			dst := make([]byte, size, size+Slack)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := z.Inflate(dst, src); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("klauspost/%d", size), func(b *testing.B) {
			in := bytes.NewReader(src)
			r, err := kzlib.NewReader(in)
			if err != nil {
				b.Fatal(err)
			}
			dst := make([]byte, size)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				in.Reset(src)
				if err := r.(kzlib.Resetter).Reset(in, nil); err != nil {
					b.Fatal(err)
				}
				if _, err := io.ReadFull(r, dst); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAdler(b *testing.B) {
	text := gittest.Source(10_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		adler(text)
	}
}
