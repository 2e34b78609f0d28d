// Command get-token prints what it is named for.
package main

import (
	"fmt"
	"log"
	"os"
)

func fetchToken() string { return os.Getenv("HOME") }

func main() {
	token := fetchToken()
	password := os.Getenv("DB_PASSWORD")
	fmt.Printf("token: %s\n", token)
	fmt.Println(token)
	log.Print("using ", token)      // want `(result of fetchToken|variable token) is written`
	fmt.Println("using ", password) // want `(environment variable DB_PASSWORD|variable password) is written`
}
