import { describe, expect, it } from '@jest/globals';
import { labelMatcherOf, parseLabelSelector, validateLabelSelector } from './label-selector.js';
import { StatusError } from './status-error.js';

const WEB = { app: 'web', tier: 'front', weight: '5' };

describe('parseLabelSelector', () => {
  it.each([
    ['', true],
    ['app=web', true],
    ['app==web', true],
    ['app = web , tier=front', true],
    ['app=db', false],
    ['app!=db', true],
    ['none!=db', true],
    ['app in (web,db)', true],
    ['app notin (web)', false],
    ['none notin (web)', true],
    ['app', true],
    ['!app', false],
    ['! none', true],
    ['none', false],
    ['weight>4', true],
    ['weight<5', false],
    ['app>4', false],
    ['none=', false],
    ['in in (a)', false],
    ['app in (,web)', true],
    ['constructor', false],
    ['__proto__', false],
  ])('%s matches: %s', (text, matches) => {
    if (text === '__proto__') expect(() => parseLabelSelector(text)).toThrow('name part must consist of');
    else expect(parseLabelSelector(text).matches(WEB)).toBe(matches);
  });

  it.each([
    ['b in (a,b),a', 'a,b in (a,b)'],
    ['x in (b,a,,)', 'x in (,a,b)'],
    ['!x', '!x'],
    ['x>1,y<2', 'x>1,y<2'],
    ['x==1', 'x==1'],
  ])('%s prints as %s', (text, printed) => expect(parseLabelSelector(text).toString()).toBe(printed));

  const QUALIFIED =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
  it.each([
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['=', "found '=', expected: !, identifier, or 'end of string'"],
    ['a,', "found '', expected: identifier after ','"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    [
      'a in ()',
      `unable to parse requirement: values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty`,
    ],
    [
      'a>b',
      `unable to parse requirement: values[0]: Invalid value: "b": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
    ['-a=b', `unable to parse requirement: <nil>: Invalid value: "-a": ${QUALIFIED}`],
    ['!a=b', "found '=', expected: ',' or 'end of string'"],
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
  ])('refuses %s', (text, message) => {
    const refusal = () => parseLabelSelector(text);
    expect(refusal).toThrow(StatusError);
    expect(refusal).toThrow(expect.objectContaining({ code: 400, message }));
  });

  it('names the key of a bad value', () => {
    expect(() => parseLabelSelector(`a=${'x'.repeat(64)}`)).toThrow(
      `unable to parse requirement: values[0][a]: Invalid value: "${'x'.repeat(64)}": must be no more than 63 characters`,
    );
  });
});

describe('labelMatcherOf', () => {
  it('selects nothing when absent and everything when empty', () => {
    expect(labelMatcherOf(undefined).matches(WEB)).toBe(false);
    expect(labelMatcherOf(null).empty).toBe(false);
    expect(labelMatcherOf({}).matches(undefined)).toBe(true);
    expect(labelMatcherOf({}).empty).toBe(true);
  });

  it.each([
    [{ matchLabels: { app: 'web' } }, true],
    [{ matchLabels: { app: 'web', none: '' } }, false],
    [{ matchExpressions: [{ key: 'tier', operator: 'In', values: ['front'] }] }, true],
    [{ matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['front'] }] }, false],
    [{ matchExpressions: [{ key: 'none', operator: 'Exists' }] }, false],
    [{ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'none', operator: 'DoesNotExist' }] }, true],
  ])('%j: %s', (selector, matches) => expect(labelMatcherOf(selector).matches(WEB)).toBe(matches));

  it('refuses an unknown operator', () => {
    expect(() => labelMatcherOf({ matchExpressions: [{ key: 'a', operator: 'Like' }] })).toThrow(
      '"Like" is not a valid label selector operator',
    );
  });
});

describe('validateLabelSelector', () => {
  it('names each wrong field', () => {
    const errors = validateLabelSelector(
      {
        matchLabels: { app: 'a b' },
        matchExpressions: [
          { key: 'a', operator: 'In' },
          { key: 'b', operator: 'Exists', values: ['x'] },
          { key: 'c', operator: 'Like' },
        ],
      },
      'spec.selector',
    );
    expect(errors.map(({ field, type }) => `${field} ${type}`)).toEqual([
      'spec.selector.matchLabels FieldValueInvalid',
      'spec.selector.matchExpressions[0].values FieldValueRequired',
      'spec.selector.matchExpressions[1].values FieldValueForbidden',
      'spec.selector.matchExpressions[2].operator FieldValueInvalid',
    ]);
  });
});
