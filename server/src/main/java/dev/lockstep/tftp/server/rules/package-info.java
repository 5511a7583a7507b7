/**
 * Rules by client and file, from a configuration file: who may read or write what, where it is, under which name, and how
 * it is sent.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.rules.RulePolicy} asks the rules,
 * {@link dev.lockstep.tftp.server.rules.ConfigFile} reads them, {@code RuleReader} knows their keys.
 */
package dev.lockstep.tftp.server.rules;
