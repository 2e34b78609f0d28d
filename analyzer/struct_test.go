package analyzer_test

import (
	"testing"

	"github.com/keysift/keysift/analyzer"
)

// TestForeign checks that a package in which no name speaks of secrets is looked
// through if it gets one from elsewhere.
func TestForeign(t *testing.T) {
	run(t, analyzer.CredLog, map[string]string{
		"foreign/keys/a.go": `package keys

import (
	"log"
	"os"
)

type Conf struct{ Name, Password string }

func Load() *Conf { return &Conf{} }

func Read() string { return os.Getenv("DB_PASSWORD") }

func Region() string { return os.Getenv("REGION") }

func Show(s string) { log.Println(s) }
`,
		"foreign/result/a.go": `package result

import (
	"foreign/keys"
	"log"
)

func a() { log.Println(keys.Read()) } // want "environment variable DB_PASSWORD is written"
`,
		"foreign/wrapped/a.go": `package wrapped

import "foreign/keys"

func a() {
	keys.Show(keys.Read()) // want "environment variable DB_PASSWORD is written"
	keys.Show(keys.Region())
}
`,
		"foreign/whole/a.go": `package whole

import (
	"foreign/keys"
	"log"
)

func a() { log.Println(keys.Load()) } // want "field Password of .keys.Conf is written"
`,
		"foreign/managed/a.go": `package managed

import (
	"log"

	"github.com/hashicorp/vault/api"
)

func a(s *api.Secret) { log.Println(s.Data["value"]) } // want "is written by log.Println"
`,
		"foreign/region/a.go": `package region

import (
	"foreign/keys"
	"log"
)

func a() { log.Println(keys.Region()) }
`,
	})
}

// TestBlanked checks that a secret which is written over is none from then on, and is
// one before.
func TestBlanked(t *testing.T) {
	run(t, analyzer.CredLog, map[string]string{"blanked/a.go": `package blanked

import (
	"bytes"
	"encoding/json"
	"log"
	"strings"
)

type conf struct{ User, Password string }

type plan struct {
	conf        conf
	showSecrets bool
}

func (c conf) Redacted() conf { c.Password = "***"; return c }

func send(any) {}

func before(c conf) {
	log.Print(c) // want "field Password of blanked.conf is written"
	c.Password = ""
	send(c)
}

func behind(c *conf) {
	c.Password = ""
	log.Print(c)
}

func sometimes(c *conf, quick bool) {
	if quick {
		c.Password = ""
	}
	log.Print(c) // want "field Password of .blanked.conf is written"
}

func ifSet(c conf) {
	if c.Password != "" {
		c.Password = "***"
	}
	log.Print(c)
}

func ifLong(c conf) {
	if len(c.Password) > 0 {
		c.Password = "***"
	}
	log.Print(c)
}

func onWish(p plan) {
	c := p.conf
	if !p.showSecrets {
		c.Password = "***"
	}
	log.Print(c)
}

func redacted(c conf) {
	log.Print(c.Redacted())
	log.Print(c) // want "field Password of blanked.conf is written"
}

func later(user, password string) string {
	var b strings.Builder
	b.WriteString(user)
	log.Print(b.String())
	b.WriteString(password)
	log.Print(b.String()) // want "parameter password is written"
	return b.String()
}

func encoded(user, password string) {
	var b, d bytes.Buffer
	json.NewEncoder(&b).Encode(conf{user, password})
	log.Print(b.String()) // want "(field Password of blanked.conf|parameter password) is written"
	json.NewEncoder(&d).Encode(user)
	log.Print(d.String())
}

type hiddenText string

func (hiddenText) String() string { return "***" }

type safe struct {
	User string
	Pass hiddenText
}

func wrapped(user, password string) { log.Printf("%+v", safe{user, hiddenText(password)}) }

func again(user, password string) {
	var b strings.Builder
	for range 2 {
		log.Print(b.String()) // want "parameter password is written"
		b.WriteString(password)
	}
}

func laterKey(user, password string) {
	m := map[string]string{"user": user}
	log.Print(m)
	m["pass"] = password
	log.Print(m) // want "parameter password is written"
}
`})
}

// TestOwnText checks that what a type says of itself is what is printed of it.
func TestOwnText(t *testing.T) {
	run(t, analyzer.CredLog, map[string]string{"owntext/a.go": `package owntext

import (
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
)

type quiet struct{ User, Password string }

func (q quiet) String() string { return q.User }

type loud struct{ User, Password string }

func (l loud) String() string { return l.User + ":" + l.Password }

type refused struct{ user, password string }

func (r *refused) Error() string { return "refused " + r.user + ":" + r.password } // want "field password becomes part of an error"

type logged struct{ User, Password string }

func (l logged) LogValue() slog.Value { return slog.StringValue(l.User) }

type aliased struct{ User, Password string }

func (a aliased) redacted() aliased { a.Password = "***"; return a }

func (a aliased) String() string {
	type plain aliased
	return fmt.Sprintf("%+v", plain(a.redacted()))
}

type remote struct{ Name, Token string }

type named interface{ name() string }

func (r *remote) name() string { return r.Name }

func list(r *remote) {
	all := append([]named(nil), r)
	log.Printf("%+v", all)
}

func give(w http.ResponseWriter, r remote) { fmt.Fprintf(w, "%v", r) }

type event struct{ Kind, Payload string }

func show(q quiet, l loud, v logged) {
	log.Print(q)
	log.Print(l)            // want "field Password is written"
	log.Print(v)            // want "field Password of owntext.logged is written"
	fmt.Printf("%+v", v)    // want "field Password of owntext.logged is written"
	slog.Info("a", "b", v)
	log.Print(errors.New(q.String()))
}

func alias(a aliased, r remote) {
	log.Print(a)
	log.Print(r) // want "field Token of owntext.remote is written"
}

func fails(r *refused) { log.Print(r) } // want "field password is written"

func filled(user, password string) {
	e := event{"login", password}
	log.Print(e) // want "parameter password is written"
	log.Print(event{"login", user})
	f := event{"login", user}
	log.Print(f)
	f.Payload = password
	log.Printf("%+v", &f) // want "parameter password is written"
}
`})
}
