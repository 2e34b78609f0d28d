package analyzer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/keysift/keysift/analyzer"
)

const weakDecls = `package %s

import (
	"crypto/subtle"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
)

var _ = []any{subtle.ConstantTimeCompare, flag.Parse, fmt.Sprint, slog.Info, http.Get, url.Parse, os.Args, strings.TrimSpace, strconv.Itoa}

type item struct {
	Token string
	Count int
}

type loginState struct{ Token string }

type peer struct{ Password, Token string }

type grant struct {
	Token string ` + "`json:\"access_token\"`" + `
}

type client struct{ accessToken, host string }

type header struct{ Token string }

var creds string

func keep(any) {}

func connect(apiKey string) {}

func setQueryParam(path, key, value string) {}

func text() string { return os.Getenv("HOME") }

func ticketToken() string { return text() }

func (s *loginState) next() string { return s.Token }

`

// weakStatements write what has a weak name, which nothing else speaks for.
var weakStatements = []struct{ params, stmt, want string }{
	{"token string", `log.Print(token)`, "parameter token"},
	{"token string", `log.Printf("got %s", token)`, "parameter token"},
	{"secret string", `keep(fmt.Errorf("refused %s", secret))`, "parameter secret"},
	{"sessionCookie string", `slog.Info("a", "b", "c" + sessionCookie)`, ""},
	{"i item", `log.Print(i.Token)`, "field Token"},
	{"i *item", `keep(fmt.Errorf("no %q", i.Token))`, "field Token"},
	{"", `credentials := text(); log.Print("a", credentials)`, "variable credentials"},
	{"", `log.Print(creds)`, "variable creds"},
	{"", `log.Print(ticketToken())`, "result of ticketToken"},
	{"secret string", `func() { log.Print(secret) }()`, "parameter secret|variable secret"},
	{"count int, token string", `panic("no " + token)`, "parameter token"},
	{"token string", `t := strings.TrimSpace(token); log.Print(t)`, "parameter token"},
	{"w http.ResponseWriter, sessionID string", `fmt.Fprintf(w, "at /poll/%s", sessionID)`, ""},
	{"token string", `n, _ := strconv.ParseFloat(token, 64); log.Print(token, n)`, ""},
	{"", `n, _ := strconv.Atoi(ticketToken()); log.Print(n)`, ""},
	{"", `token := ticketToken(); n, _ := strconv.Atoi(token); log.Print(token, n)`, ""},
}

// backedStatements do so where something speaks for the name, or the name is not weak.
var backedStatements = []struct{ params, stmt, want string }{
	{"apiToken string", `log.Print(apiToken)`, "parameter apiToken"},
	{"password string", `log.Print(password)`, "parameter password"},
	{"user, token string", `log.Print(user, token)`, "parameter token"},
	{"token string, c client", `c.accessToken = token; log.Print(token)`, "parameter token"},
	{"token string", `keep(client{accessToken: token}); log.Print(token)`, "parameter token"},
	{"token string", `connect(token); log.Print(token)`, "parameter token"},
	{"token string", `secret := token; connect(secret); log.Print(token)`, "parameter token"},
	{"token string, r *http.Request", `r.Header.Set("Authorization", "Bearer "+token); log.Print(token)`, "parameter token"},
	{"token string, r *http.Request", `r.Header.Set("Authorization", fmt.Sprintf("Bearer %s", token)); log.Print(token)`, "parameter token"},
	{"token string", `h := "Bearer " + token; keep(h); log.Print(token)`, "parameter token"},
	{"token string, r *http.Request", `r.SetBasicAuth("x", token); log.Print(token)`, "parameter token"},
	{"token string", `subtle.ConstantTimeCompare([]byte(token), nil); log.Print(token)`, "parameter token"},
	{"token string", `keep(fmt.Sprintf("/wait?token=%s", token)); log.Print(token)`, "parameter token"},
	{"secret string", `setQueryParam("/wait", "secret", secret); log.Print(secret)`, "parameter secret"},
	{"token string, v url.Values", `v.Set("token", token); log.Print(token)`, "parameter token"},
	{"", `var token string; flag.StringVar(&token, "api-token", "", ""); log.Print(token)`, "variable token"},
	{"", `token := os.Getenv("SITE_TOKEN"); log.Print(token)`, "environment variable SITE_TOKEN|variable token"},
	{"s loginState", `log.Print(s.Token)`, "field Token"},
	{"w http.ResponseWriter, sessionToken string", `fmt.Fprintf(w, "at /poll/%s", sessionToken)`, "parameter sessionToken"},
	{"p peer", `log.Print(p.Token)`, "field Token"},
	{"g grant", `log.Print(g.Token)`, "field Token"},
	{"h header, r *http.Request", `r.Header.Add("X-Auth-Token", h.Token); log.Print(h.Token)`, "field Token"},
	{"token string", `http.Get("https://api.corp.test/?x=" + token)`, ""},
}

// TestWeakNames checks that a weak name is enough in little code, and that in
// plenty of it something has to speak for the name.
func TestWeakNames(t *testing.T) {
	build := func(pkg string, plenty bool) string {
		var b strings.Builder
		fmt.Fprintf(&b, weakDecls, pkg)
		n := 0
		add := func(params, stmt, want string) {
			if want != "" {
				stmt += fmt.Sprintf(" // want `(%s).* (is|becomes)`", want)
			}
			n++
			fmt.Fprintf(&b, "func f%d(%s) {\n\t%s\n}\n", n, params, stmt)
		}
		for _, st := range backedStatements {
			add(st.params, st.stmt, st.want)
		}
		for _, st := range weakStatements {
			want := st.want
			if plenty {
				want = ""
			}
			add(st.params, st.stmt, want)
		}
		for i := range 60 {
			if plenty {
				fmt.Fprintf(&b, "func g%d() {}\n", i)
			}
		}
		return b.String()
	}
	run(t, analyzer.CredLog, map[string]string{"little/little.go": build("little", false), "plenty/plenty.go": build("plenty", true)})
}

// TestAlone checks that what a command prints alone is what it was asked for where
// there is plenty of code, and where there is little of it is not known to be.
func TestAlone(t *testing.T) {
	build := func(funcs int, want string) string {
		var b strings.Builder
		b.WriteString("package main\n\nimport (\n\t\"fmt\"\n\t\"log\"\n)\n\nfunc main() {}\n\n")
		fmt.Fprintf(&b, "func alone(apiToken string) { fmt.Println(apiToken) }%s\n\n", want)
		b.WriteString("func beside(apiToken string) { fmt.Println(\"token\", apiToken) } // want `parameter apiToken is written`\n\n")
		fmt.Fprintf(&b, "func yours(password string) { fmt.Printf(\"Your new password: %%s, keep it\\n\", password) }%s\n\n", strings.Replace(want, "apiToken", "password", 1))
		b.WriteString("func sites(password string) { fmt.Printf(\"The password of your site: %s\\n\", password) } // want `parameter password is written`\n\n")
		b.WriteString("func logged(apiToken string) { log.Println(apiToken) } // want `parameter apiToken is written`\n\n")
		for i := range funcs {
			fmt.Fprintf(&b, "func g%d() {}\n", i)
		}
		return b.String()
	}
	run(t, analyzer.CredLog, map[string]string{"one/one.go": build(0, " // want `parameter apiToken is written`"), "many/many.go": build(60, "")})
}
