/**
 * Tests the protocol case by case from outside: the daemon with raw datagrams, and the client with a scripted server. A
 * test is named after its case. CASES.md lists all cases.
 */
package dev.lockstep.tftp.wire;
