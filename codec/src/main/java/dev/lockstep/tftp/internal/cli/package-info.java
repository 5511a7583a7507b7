/** What the command lines of both ends share. Only they need picocli, which is an optional dependency. */
package dev.lockstep.tftp.internal.cli;
