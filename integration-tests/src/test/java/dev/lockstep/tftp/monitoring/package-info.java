/** The HTTP port of the daemon and of the load test, as processes and with real peers. */
package dev.lockstep.tftp.monitoring;
