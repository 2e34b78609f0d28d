// Package logs has what needs more than a line.
package logs

import (
	"fmt"
	"log"
	"net/http"
	"os"

	"wrap"
)

type client struct {
	user  string
	token string
	log   interface{ Printf(string, ...any) }
}

// A badLogin is an error that shows what it holds.
type badLogin struct {
	user string
	pass string
}

func (e *badLogin) Error() string { return "bad login " + e.user + " " + e.pass }

// A quietLogin is an error that does not.
type quietLogin struct{ user, pass string }

func (e *quietLogin) Error() string { return "bad login " + e.user }

func login(user, password string) error {
	if user == "" {
		return &badLogin{user: user, pass: password} // want `parameter password becomes part of an error by error badLogin`
	}
	return &quietLogin{user: user, pass: password}
}

func (c *client) do() error {
	if c.token == "" {
		return fmt.Errorf("%s has no token", c.user)
	}
	c.debug("token", c.token) // want `field token is written by debug`
	c.debug("user", c.user)
	return fmt.Errorf("token %s refused", c.token) // want `field token becomes part of an error by fmt.Errorf`
}

func (c *client) debug(what, value string) { log.Println(what, value) }

func twice(s string) { once(s) }

func once(s string) { log.Print(s) }

func recurse(s string, n int) {
	if n > 0 {
		recurse(s, n-1)
	}
	log.Print(s)
}

func calls(password string) {
	twice(password)      // want `parameter password is written by twice`
	recurse(password, 3) // want `parameter password is written by recurse`
	twice("password")
	show := once
	show(password) // want `parameter password is written by once`
	wrap.Logf("%d %s", 3, "x")
	wrap.Logf("%T", password)
}

func closure(password string) func() {
	return func() {
		log.Print(password) // want `password is written by log.Print`
	}
}

func generic[T any](v T) { log.Print(v) }

func instances(password string) {
	generic(password) // want `parameter password is written by generic`
	generic(3)
}

func answer(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "hello %s", r.FormValue("password")) // want `form value password is sent to the client by fmt.Fprintf`
	fmt.Fprintf(w, "hello %s", r.FormValue("user"))
	http.Error(w, "bad "+r.Header.Get("Authorization"), 400) // want `header Authorization is sent to the client by http.Error`
	http.Error(w, "bad request", 400)
}

func allowed(password string) {
	log.Print(password) //keysift:allow credlog it is the public password of the demo
	//keysift:allow credential-in-log it is the public password of the demo
	log.Print(password)
	log.Print(password) /* keysift:allow credlog */ // want `is written by log.Print; leave it out or mask it .the comment does not allow it: it gives no reason.`
	log.Print(password) //nolint:gosec // G101: it is made up
	log.Print(password) // #nosec G101 -- it is made up
	log.Print(password) // #nosec G104 // want `parameter password`
}

func masking(token string) {
	if len(token) > 4 {
		token = token[:4] + "..."
	}
	fmt.Println(os.Getenv("PATH"))
	maskedToken := token
	_ = maskedToken
}
