// Command app prints secrets, some of them because it was asked to.
package main

import (
	"fmt"
	"log"
	"os"
)

func generateToken(token string) { fmt.Println(token) }

func newTokenCommand(token string) func() {
	return func() { fmt.Fprintf(os.Stdout, "%s\n", token) }
}

func keygen(privateKey string) { fmt.Print(privateKey) }

func createAPIKey(apiKey, user string) {
	fmt.Println(user, apiKey)            // want `parameter apiKey is written by fmt.Println`
	fmt.Fprintln(os.Stderr, apiKey)      // want `parameter apiKey is written by fmt.Fprintln`
	fmt.Printf("your key: %s\n", apiKey) // want `parameter apiKey is written by fmt.Printf`
	log.Print(apiKey)                    // want `parameter apiKey is written by log.Print`
}

func connect(token string) { fmt.Println(token) } // want `parameter token is written by fmt.Println`

func createUser(token string) { fmt.Println(token) } // want `parameter token is written by fmt.Println`

func main() {
	generateToken("a")
	newTokenCommand("b")
	keygen("c")
	createAPIKey("d", "e")
	connect("f")
	createUser("g")
}

func addUser(password, user string) {
	fmt.Printf("generated password: %s\n", password)
	fmt.Printf("password of %s: %s\n", user, password) // want `parameter password is written by fmt.Printf`
	log.Printf("generated password: %s\n", password)   // want `parameter password is written by log.Printf`
}

func share(password, host string) {
	fmt.Fprintf(os.Stderr, "Code is %s\n\nOn the other computer run\n    app %s\n", password, host)
	fmt.Printf(`
Open %s in a browser
and log in with
    %s
`, host, password)
	fmt.Fprintf(os.Stderr, "Settings:\n  host %s\n  password %s\n", host, password) // want `parameter password is written by fmt.Fprintf`
	fmt.Fprintf(os.Stderr, "run with %s\n", password)                               // want `parameter password is written by fmt.Fprintf`
	log.Printf("On %s run\n\n   app\n\n   %s", host, password)                      // want `parameter password is written by log.Printf`
}
