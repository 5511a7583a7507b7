/** Tests of internal parts of the server that the fuzzer uses: in the package of the server, without a socket. */
package dev.lockstep.tftp.server;
