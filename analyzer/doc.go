/*
Package analyzer finds credentials in typed Go code: strings that become
credentials, and credentials on their way into URLs, logs and errors.

It knows the types, constants and calls of one package at a time, and of the
packages that one imports what their own analysis said of their functions. It
knows nothing of files other than Go files and what they embed, of git, or of
reports: it is for go vet, golangci-lint, gopls and their like.

Diagnostics never hold a value. Their category is the id of a rule; a comment
on the line, or alone on the line before, allows one if it names the rule and
gives a reason. Comments nosec and nolint count if they name G101. What types
tell and no rule has a category of [Categories].

Where one function puts a secret into the URLs that others request, the first of
these is reported, and the related information names the others. So it is with
a credential that the constants of a package hold more than once, and with keys
of one kind that are kept for tests. A place that a comment allows does not
stand for others.

The flag config names a TOML file of further sinks and sources:

	[[sink]]
	package = "example.com/audit"  # import path without the major version
	receiver = "Trail"             # "*" for any type, left out for functions
	func = "Add Append"
	kind = "log"                   # or error, url, credential
	arg = 1                        # the first argument that counts, from 0

	[[source]]
	package = "example.com/vault"
	func = "Fetch"
	result = 0

The flag names is a pattern of further names of secrets.

# Analyzer hardcoded

hardcoded: find constants that are credentials

The hardcoded analyzer reports a constant string or byte slice that has the
form of a credential, whatever it is used for, and one that is used as a
credential, whatever its form:

	auth := smtp.PlainAuth("", "app", "winter", host)
	req.SetBasicAuth("app", "winter")
	mac := hmac.New(sha256.New, []byte("winter"))
	const smtpPassword = "…"

So is what a password is compared with, wherever the password comes from, what
code falls back on if a variable of the environment is not set, a value under the
name of a header, and the password in a data source name of which other parts are
known at run time only:

	if _, p, ok := r.BasicAuth(); !ok || p != "winter" {
	pw := getenv("DB_PASSWORD", "…")
	db, err := sql.Open("mysql", "app:winter@tcp("+addr+")/app")

A name that means a credential which is drawn, as apiKey or clientSecret, counts with
a value that somebody may have chosen for one: letters and digits that are no name,
version, region or the like.

Constants are folded first: concatenation, named constants of other packages,
byte literals, strings.Join and fmt.Sprintf of constants, and what is decoded
from base64 or hex, also by a function that is named so, are seen whole, and so is a file that go:embed takes along.

Names of environment variables, headers and flags, URLs, placeholders, password
hashes and texts for people are not reported, nor is the public half of a pair of
keys, nor a weak string in a test or in what helps tests unless the flag tests is
set, nor one in an example or beside the address of this machine.

The suggested fix reads the value from the environment, under a name of its own for
each secret, or leaves out what stands in for a variable of it. There is none where
an unset variable would let everybody in or the program would show the value: for
keys that sign, encrypt or verify, for what a password is compared with, for defaults
of flags and for what is answered to a request. Such need a check that the setting is
there.

# Analyzer credurl

credurl: find credentials in URLs, and sent in the clear

The credurl analyzer reports a secret that becomes a part of a URL which is then
requested. Servers, proxies and browsers write URLs to their logs:

	resp, err := http.Get("https://api.example.com/v1?api_key=" + apiKey)

	q := req.URL.Query()
	q.Set("token", token)
	req.URL.RawQuery = q.Encode()

It also reports a credential that is sent over plain http to a host that is not
the machine itself:

	req, err := http.NewRequest("GET", "http://api.example.com/", nil)
	req.SetBasicAuth(user, password)

The suggested fix sends the secret in a header, or uses https where the address has
a name and no port.

# Analyzer credlog

credlog: find credentials that reach a log or an error

The credlog analyzer reports a secret that reaches a log, standard output, an
error, a panic or a trace:

	log.Printf("connecting as %s with %s", user, password)
	return fmt.Errorf("token %q refused", token)
	slog.Info("configuration", "config", cfg) // has a field Password

Secrets are environment variables, fields, parameters, variables and functions
that are named for one, what a secret manager returns, authorization headers
and cookies of requests, passwords of forms, and private keys. They are followed
through calls, also into other packages, closures, fields, maps and channels.
A hash, a mask, a length or a comparison ends the way, and so does a type that
redacts itself.

A name that may mean something else, as token, secret or cookie, is enough in a
package with little code. In more code something has to speak for it: where it
stands, what stands beside it, or what else is done with the value in the package,
as sending it in a header.

No name counts where something speaks against it: a token of a parser, a page or
a challenge, a secret that is opened as a file, taken from a name or given to a
parameter called so, an access key beside its secret key, the key of a map, the
name of a secret of Kubernetes, a session of anything but a login, what a call
returned together with an error, what is kept as an id, and what a program prints
because it was asked for it: a whole value as JSON, in a function that is named
for showing a secret, or in a command that makes one.

A function that passes its parameter on to a log is reported where it is called
with a secret; the related information leads to the log.

The suggested fix puts a placeholder in the place of the secret. There is none for a
struct that holds one among other fields, for what is printed as hexadecimal numbers,
nor for an argument of a function that may need the secret for more than a log.
*/
package analyzer
