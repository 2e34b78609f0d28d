package history

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"sync"

	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/rules"
)

const (
	cacheMagic = "keysift cache 1\n"

	// maxCache bounds a cache file, in bytes; a larger one is begun anew.
	maxCache = 1 << 30
)

// A verdict is what a cache knows of a blob under all of its paths: a hash of
// id and paths, and in the last byte its kind.
type verdict [17]byte

// A cache remembers blobs in which nothing was found: neither what is in them
// nor any secret, only hashes of their ids and paths. Blobs with findings are
// read again every time. What is remembered holds for one set of rules and one
// build of the program. A file that is not sound is as good as none. A run adds
// to what runs at the same time have left; what is lost where two of them write
// at once costs time, nothing else.
type cache struct {
	file string
	key  [sha256.Size]byte
	old  []byte // sorted verdicts

	mu    sync.Mutex
	fresh []verdict
}

// openCache reads what earlier runs with the same rules left in a folder.
// build names the program.
func openCache(dir string, set *rules.Set, build string) (*cache, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the cache: %w", err)
	}
	c := &cache{key: cacheKey(set, build)}
	c.file = filepath.Join(dir, hex.EncodeToString(c.key[:8])+".keysift-cache")
	data, err := readFile(c.file, maxCache)
	if errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("reading the cache: %w", err)
	}
	if err == nil {
		c.old = c.sound(data)
	}
	return c, nil
}

func cacheKey(set *rules.Set, build string) [sha256.Size]byte {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s\x00%s\x00", cacheMagic, build, set.Version())
	for _, r := range set.Rules() {
		fmt.Fprintf(h, "%s\x00", r.ID)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// sound returns the verdicts in a cache file, none if anything is wrong with it.
func (c *cache) sound(data []byte) []byte {
	head := append([]byte(cacheMagic), c.key[:]...)
	end := len(data) - sha256.Size
	if end < len(head) || !bytes.HasPrefix(data, head) || (end-len(head))%len(verdict{}) != 0 {
		return nil
	}
	if sum := sha256.Sum256(data[:end]); !bytes.Equal(sum[:], data[end:]) {
		return nil
	}
	return data[len(head):end]
}

// hash returns the verdict of a blob without its last byte.
func (c *cache) hash(id pack.ID, paths []string) verdict {
	h := sha256.New()
	h.Write(c.key[:])
	h.Write(id.Bytes())
	for _, p := range slices.Sorted(slices.Values(paths)) {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	var v verdict
	copy(v[:], h.Sum(nil)[:len(v)-1])
	return v
}

// has looks a blob up.
func (c *cache) has(v verdict) (k kind, ok bool) {
	const size = len(v)
	n := len(c.old) / size
	i := sort.Search(n, func(i int) bool { return bytes.Compare(c.old[i*size:i*size+size-1], v[:size-1]) >= 0 })
	if i == n || !bytes.Equal(c.old[i*size:i*size+size-1], v[:size-1]) {
		return 0, false
	}
	return kind(c.old[i*size+size-1]), true
}

func (c *cache) add(v verdict, k kind) {
	v[len(v)-1] = byte(k)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fresh = append(c.fresh, v)
}

// save writes what is known now, if anything is new.
func (c *cache) save() error {
	if len(c.fresh) == 0 {
		return nil
	}
	if data, err := readFile(c.file, maxCache); err == nil {
		if now := c.sound(data); len(now) > 0 {
			c.old = now // another run may have written it meanwhile
		}
	}
	const size = len(verdict{})
	if len(c.old)+len(c.fresh)*size > maxCache/2 {
		c.old = nil
	}
	for i := 0; i+size <= len(c.old); i += size {
		c.fresh = append(c.fresh, verdict(c.old[i:i+size]))
	}
	slices.SortFunc(c.fresh, func(a, b verdict) int { return bytes.Compare(a[:], b[:]) })
	data := append([]byte(cacheMagic), c.key[:]...)
	for _, v := range slices.Compact(c.fresh) {
		data = append(data, v[:]...)
	}
	sum := sha256.Sum256(data)
	f, err := os.CreateTemp(filepath.Dir(c.file), ".keysift-cache-*")
	if err != nil {
		return fmt.Errorf("writing the cache: %w", err)
	}
	_, err = f.Write(append(data, sum[:]...))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), c.file)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("writing the cache: %w", err)
	}
	c.fresh = nil
	return nil
}
