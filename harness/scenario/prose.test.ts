import { expect } from 'chai';
import { catalogueOf, clause } from '../verdict/sample.support.test.js';
import { describeScenario } from './prose.js';
import { scenarioOf } from './written.support.test.js';

describe('describeScenario', () => {
  it('tells a scenario in words, with its table and its clauses', () => {
    const told = describeScenario(
      scenarioOf(
        '<title>A sample</title><about>Read it.</about><needs feature="contacts"/>',
        '<cases><case name="none" state="None" clause="rfc3921:9.3/a"/><case name="to" state="To" clause="rfc3921:9.3/b"/></cases>',
        '<given><user name="romeo"><resource name="orchard" roster="requested" presence="available"/>',
        '<resource name="cellar" roster="not-requested" presence="unavailable" joins="later" when="state=To"/></user>',
        '<user name="benvolio"/><contact name="juliet" placement="remote"/>',
        '<subscription of="romeo" to="juliet" state="{state}" item="yes" name="Nurse" group="Friends"/></given>',
        '<send from="juliet" when="state=To"><presence type="subscribe"/></send>',
        '<send from="romeo/orchard" malformed="true"> &lt;presence </send>',
        '<login resource="romeo/cellar"/><logout resource="romeo/cellar" how="cut"/>',
        '<expect at="romeo/orchard juliet" id="a" times="2" proves="{clause}"><presence/><assert test="true()" says="it is so" proves="rfc3921:9.3/c"/></expect>',
        '<never at="juliet" proves="rfc3921:9.3/c"><message/></never>',
        '<order at="juliet" first="a" then="b" proves="rfc3921:9.3/c"/>',
        '<one-of name="reply" proves="rfc3921:9.3/c"><option name="silence" proves="rfc3921:9.3/d"><never at="juliet"><iq/></never></option>',
        '<option name="error"><expect at="juliet"><iq type="error"/></expect></option></one-of>',
        '<state of="romeo" to="juliet" is="To" item="no" proves="rfc3921:9.3/c"><or is="To" item="yes" proves="rfc3921:9.3/a"/></state>',
      ),
      catalogueOf(
        clause('rfc3921:9.3/a', { summary: 'First summary.' }),
        clause('rfc3921:9.3/b', { level: 'SHOULD', summary: 'Second summary.' }),
      ),
    );
    expect(told).to.equal(`A sample
========

area/sample (sample.xml)

Read it.

Needs: contacts.

Given
  romeo/orchard: interested, available
  romeo/cellar: not interested in the roster, not available, logs in later (if state=To)
  benvolio, a user without a connected resource
  juliet, a contact on a remote server
  the subscription of romeo to juliet is {state}, with a roster item named "Nurse" in group "Friends"

Play
  juliet sends (if state=To):
    <presence type='subscribe'/>
  romeo/orchard sends:
    <presence
  romeo/cellar logs in
  romeo/cellar leaves (cut)
  romeo/orchard and juliet must receive exactly 2 times:
    <presence/>
    [{clause}]
    where it is so
      [rfc3921:9.3/c]
  juliet must not receive:
    <message/>
    [rfc3921:9.3/c]
  at juliet, "a" must come before "b"
    [rfc3921:9.3/c]
  one of these must hold (reply):
    - silence
      juliet does not receive <iq/>
      [rfc3921:9.3/d]
    - error
      juliet receives <iq type='error'/>
    [rfc3921:9.3/c]
  the subscription of romeo to juliet must be To, without a roster item
    [rfc3921:9.3/c]
  or To, with a roster item
    [rfc3921:9.3/a]

Cases (2)
  case  state
  none  None
  to    To

Clauses
  rfc3921:9.3/a  MUST
    First summary.
  rfc3921:9.3/b  SHOULD
    Second summary.
  rfc3921:9.3/c
  rfc3921:9.3/d
`);
  });

  it('has no table for a scenario without one', () => {
    const told = describeScenario(
      scenarioOf(
        '<title>A sample</title>',
        '<given><user name="romeo"/></given>',
        '<expect at="romeo" times="1" proves="rfc3921:9.3/a"><presence/></expect>',
      ),
      catalogueOf(),
    );
    expect(told).to.include('must receive exactly once:').and.not.include('Cases');
  });
});
