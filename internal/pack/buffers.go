package pack

import (
	"math/bits"

	"github.com/keysift/keysift/internal/inflate"
)

// Buffers are recycled by class: four classes between two powers of two.
const (
	minClassBits = 8 // the smallest buffer has 256 bytes
	numClasses   = (bits.UintSize - minClassBits) * 4
)

// buffers is the memory of one worker.
type buffers struct {
	free     [numClasses][][]byte
	freeSize int
	keep     int // bound of freeSize, in bytes
	hand     int // the class that is emptied next to make room in free
	live     int64
	peak     int64
}

// classSize is the capacity of the buffers of a class.
func classSize(c int) int { return (4 + c&3) << (c>>2 + minClassBits - 2) }

// classUp is the smallest class whose buffers hold n bytes.
func classUp(n int) int {
	c := classDown(n)
	if classSize(c) < n {
		c++
	}
	return c
}

// classDown is the largest class whose buffers need no more than n bytes; the
// smallest class if there is none.
func classDown(n int) int {
	if n < 1<<minClassBits {
		return 0
	}
	top := bits.Len(uint(n)) - 1
	return (top-minClassBits)<<2 | n>>(top-2)&3
}

// get returns a buffer of n bytes with inflate.Slack bytes to spare.
func (b *buffers) get(n int) []byte {
	b.live += int64(n)
	b.peak = max(b.peak, b.live)
	c := classUp(n + inflate.Slack)
	if l := b.free[c]; len(l) > 0 {
		buf := l[len(l)-1]
		b.free[c] = l[:len(l)-1]
		b.freeSize -= cap(buf)
		return buf[:n]
	}
	return make([]byte, n, classSize(c))
}

// put gives a buffer back.
func (b *buffers) put(buf []byte) {
	b.live -= int64(len(buf))
	size := cap(buf)
	if size < 1<<minClassBits || size > b.keep {
		return
	}
	c := classDown(size)
	for b.freeSize+size > b.keep {
		// Sizes that were in demand once must not keep out those in demand now.
		b.hand = (b.hand + 1) % numClasses
		for _, old := range b.free[b.hand] {
			b.freeSize -= cap(old)
		}
		clear(b.free[b.hand])
		b.free[b.hand] = b.free[b.hand][:0]
	}
	b.free[c] = append(b.free[c], buf)
	b.freeSize += size
}
