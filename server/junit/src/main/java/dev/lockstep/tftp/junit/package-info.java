/**
 * A TFTP server for the tests of other programs: {@link dev.lockstep.tftp.junit.TftpServerTest} for JUnit 5 and 6,
 * {@link dev.lockstep.tftp.junit.TftpFixture#start} without JUnit.
 *
 * <p>Start here: {@link dev.lockstep.tftp.junit.TftpFixture}.
 */
package dev.lockstep.tftp.junit;
