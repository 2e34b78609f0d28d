package logs

import "log"

// What a mock is given is made up.
func mockLogin(password string) { log.Print(password) }
