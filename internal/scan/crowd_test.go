package scan_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// Few identifiers may each be a credential; many are what an application calls
// its objects. Of many numbers some are listed, and passwords are never too many.
func TestCrowd(t *testing.T) {
	engine := scan.New(judgedSet(t), scan.Options{})
	r := rand.New(rand.NewPCG(1, 2))
	hex := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte("0123456789abcdef"[r.IntN(16)])
		}
		return b.String()
	}
	identifier := func() string {
		return fmt.Sprintf("trace: %s-%s-4%s-a%s-%s", hex(8), hex(4), hex(3), hex(3), hex(12))
	}
	number := func() string { return "api_secret: " + hex(40) }
	password := func() string { return "db_password: " + madeUp(20, r.Uint64()) }
	same := identifier()
	for _, tt := range []struct {
		name   string
		line   func() string
		n      int
		listed int // at the medium level or above
	}{
		{"few identifiers", identifier, 16, 16},
		{"many identifiers", identifier, 17, 0},
		{"one identifier many times", func() string { return same }, 40, 40},
		{"few numbers", number, 50, 50},
		{"many numbers", number, 80, 50},
		{"many passwords", password, 200, 200},
	} {
		var b strings.Builder
		for range tt.n {
			b.WriteString(tt.line() + "\n")
		}
		listed, low := 0, 0
		for _, f := range engine.Match(&scan.Chunk{Path: "a.json", Data: []byte(b.String())}) {
			if f.Confidence >= rules.MediumConfidence {
				listed++
			} else {
				low++
			}
		}
		if listed != tt.listed || listed+low != tt.n {
			t.Errorf("%s: %d listed, %d low; want %d of %d listed", tt.name, listed, low, tt.listed, tt.n)
		}
	}
}
