/**
 * The protocol case by case, seen from outside: the daemon against hand-written datagrams and the client
 * against a server that does what each case needs. A test is named after its case; CASES.md lists them all.
 */
package dev.lockstep.tftp.wire;
