/**
 * Utilities shared by the tests of all modules: raw datagrams, files in memory, recorded events, and a check for leaked
 * buffers.
 */
package dev.lockstep.tftp.testing;
