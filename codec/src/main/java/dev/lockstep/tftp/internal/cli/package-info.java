/** Code of the command lines of both ends. Only they need picocli, which is an optional dependency. */
package dev.lockstep.tftp.internal.cli;
